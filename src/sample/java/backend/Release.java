package backend;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;

/**
 * Which release this program is.
 *
 * @param database the one version of the schema that it works with
 * @param archive the one version of the job archive that it works with
 * @param badDatabase whether its last-but-one database migration fails on rows as they are
 * @param badArchive whether its archive migration fails half-way
 */
record Release(String version, int database, int archive, boolean badDatabase, boolean badArchive) {

    static Release ofThisProgram() throws IOException {
        Properties properties = new Properties();
        try (InputStream in = Release.class.getResourceAsStream("/release.properties")) {
            if (in == null) {
                throw new FileNotFoundException("this program has no release.properties");
            }
            properties.load(in);
        }
        return new Release(
                properties.getProperty("version"),
                Integer.parseInt(properties.getProperty("database")),
                Integer.parseInt(properties.getProperty("archive")),
                Boolean.parseBoolean(properties.getProperty("bad-database")),
                Boolean.parseBoolean(properties.getProperty("bad-archive")));
    }

    /** Since then the keys are written in kebab-case, in sections. */
    boolean hasSections() {
        return database >= 10;
    }
}
