package jobs;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;

/**
 * Which release this jar is.
 *
 * @param schema the one version of the schema that it works with
 */
record Release(String version, int schema, Quirk quirk) {

    static Release ofThisJar() throws IOException {
        Properties properties = new Properties();
        try (InputStream in = Release.class.getResourceAsStream("/sample.properties")) {
            if (in == null) {
                throw new FileNotFoundException("this jar has no sample.properties");
            }
            properties.load(in);
        }
        return new Release(
                properties.getProperty("version"),
                Integer.parseInt(properties.getProperty("schema")),
                Quirk.valueOf(properties.getProperty("quirk")));
    }

    boolean migratesAtStart() {
        return quirk == Quirk.MIGRATES_AT_START;
    }
}
