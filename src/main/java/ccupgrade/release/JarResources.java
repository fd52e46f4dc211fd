package ccupgrade.release;

import java.io.ByteArrayInputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.flywaydb.core.api.ResourceProvider;
import org.flywaydb.core.api.resource.LoadableResource;
import org.jspecify.annotations.Nullable;

/** A jar's scripts, as Flyway asks for them. Flyway reads them like files, so their checksums are those of a real run. */
final class JarResources implements ResourceProvider {

    private final List<MigrationFiles.Script> scripts;

    JarResources(List<MigrationFiles.Script> scripts) {
        this.scripts = scripts;
    }

    @Override
    public @Nullable LoadableResource getResource(String name) {
        for (MigrationFiles.Script script : scripts) {
            if (script.relative().equals(name)) {
                return new InMemory(script);
            }
        }
        return null;
    }

    @Override
    public Collection<LoadableResource> getResources(String prefix, String[] suffixes) {
        List<LoadableResource> found = new ArrayList<>();
        for (MigrationFiles.Script script : scripts) {
            String name = script.fileName();
            for (String suffix : suffixes) {
                if (name.startsWith(prefix) && name.endsWith(suffix)) {
                    found.add(new InMemory(script));
                    break;
                }
            }
        }
        return found;
    }

    private static final class InMemory extends LoadableResource {

        private final MigrationFiles.Script script;

        InMemory(MigrationFiles.Script script) {
            this.script = script;
        }

        @Override
        public Reader read() {
            return new InputStreamReader(new ByteArrayInputStream(script.content()), StandardCharsets.UTF_8);
        }

        @Override
        public String getAbsolutePath() {
            return script.path();
        }

        @Override
        public String getAbsolutePathOnDisk() {
            return script.path();
        }

        @Override
        public String getFilename() {
            return script.fileName();
        }

        @Override
        public String getRelativePath() {
            return script.relative();
        }
    }
}
