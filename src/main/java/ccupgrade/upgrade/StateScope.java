package ccupgrade.upgrade;

import ccupgrade.config.Config;
import ccupgrade.saga.Facts;
import ccupgrade.state.Scope;
import ccupgrade.state.Scope.Keeping;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which of the state an operation keeps. */
final class StateScope {

    private StateScope() {}

    /** An archive that no migration is about to touch is not copied. */
    static Scope ofInstall(Site site, Facts facts) throws IOException {
        Set<Path> replacing = new HashSet<>();
        for (String file : Replacements.of(facts).sources().keySet()) {
            replacing.add(site.deployment().home().resolve(file));
        }
        Keeping keeping = isArchiveDue(site.config(), facts.get(Fact.DUE)) ? Keeping.TREE : Keeping.VERSION;
        return new Scope(site.databases(), site.files(), replacing, archive(site, keeping), false);
    }

    /** @param withTree whether another archive is going to take the place of the live one */
    static Scope ofRollback(Site site, boolean withTree) throws IOException {
        Keeping keeping = withTree ? Keeping.BY_MOVING : Keeping.VERSION;
        return new Scope(site.databases(), site.files(), Set.of(), archive(site, keeping), false);
    }

    static Scope ofSnapshot(Site site, boolean withTree) throws IOException {
        Keeping keeping = withTree ? Keeping.TREE : Keeping.VERSION;
        return new Scope(site.databases(), site.files(), Set.of(), archive(site, keeping), false);
    }

    private static Scope.@Nullable Archive archive(Site site, Keeping keeping) {
        Config.Archive archive = site.config().state().archive();
        Path path = site.archive();
        return archive == null || path == null
                ? null
                : new Scope.Archive(path, archive.versionFile(), keeping, archive.rewritesFiles());
    }

    /** Whether the archive takes part in what is done to the state: it is about to be migrated, or another one to take its place. */
    static boolean hasArchive(Site site, Facts facts) {
        return facts.has(Fact.TARGET_ARCHIVE)
                || facts.has(Fact.DUE) && isArchiveDue(site.config(), facts.get(Fact.DUE));
    }

    /** @param due names of the migrations that are to be run, separated by commas; null where that is not known */
    static boolean isArchiveDue(Config config, @Nullable String due) {
        List<String> names = due == null ? List.of() : List.of(due.split(","));
        return config.state().archive() != null
                && config.migrations().steps().stream()
                        .filter(step -> step.of() == Config.Subject.ARCHIVE)
                        .anyMatch(step -> due == null || names.contains(step.name()));
    }
}
