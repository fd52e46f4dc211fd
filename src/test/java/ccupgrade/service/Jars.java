package ccupgrade.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import javax.tools.ToolProvider;

/** Makes runnable jars. */
final class Jars {

    private Jars() {}

    static Path sleeping(Path jar) throws Exception {
        Path work = Files.createDirectory(jar.resolveSibling("source"));
        Path source = Files.writeString(
                work.resolve("Sleeper.java"),
                "public class Sleeper { public static void main(String[] a) throws Exception {"
                        + " System.out.println(\"jar runs\"); Thread.sleep(1000000); } }");
        assertThat(ToolProvider.getSystemJavaCompiler().run(null, null, null, source.toString()))
                .isZero();
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, "Sleeper");
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file, manifest)) {
            out.putNextEntry(new JarEntry("Sleeper.class"));
            out.write(Files.readAllBytes(work.resolve("Sleeper.class")));
        }
        return jar;
    }
}
