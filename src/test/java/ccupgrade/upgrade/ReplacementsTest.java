package ccupgrade.upgrade;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ccupgrade.disk.Progress;
import ccupgrade.fault.Misuse;
import ccupgrade.saga.Facts;
import ccupgrade.service.Isolation;
import ccupgrade.state.Preparation;
import ccupgrade.state.Scope;
import ccupgrade.upgrade.Finding.Level;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplacementsTest {

    private static final List<String> FILES = List.of("config.json", ".env", "etc/a=b");

    @TempDir
    Path home;

    private Example example;
    private Site site;

    @BeforeEach
    void setUp() throws Exception {
        Files.writeString(
                home.resolve("ccupgrade.toml"),
                "name = \"jobs\"\n[state]\nfiles = [\"config.json\", \".env\", \"big/large\"]\narchive = \"tree\"\n");
        example = new Example(home);
        site = Site.of(example.deployment(), example.surroundings());
        Files.writeString(home.resolve("config.json"), "old");
    }

    @Test
    void are_read_as_given_and_read_back_from_the_journal() throws Exception {
        Replacements parsed =
                Replacements.parse(FILES, List.of("config.json=/x/new=er", ".env={release-dir}/env", "etc/a=b=/y"));
        assertThat(parsed.sources())
                .isEqualTo(Map.of("config.json", "/x/new=er", ".env", "{release-dir}/env", "etc/a=b", "/y"));
        Facts facts = new Facts();
        facts.put(Fact.REPLACE, parsed.text());
        assertThat(Replacements.of(facts)).isEqualTo(parsed);
        assertThat(Replacements.of(new Facts()).isEmpty()).isTrue();
    }

    @Test
    void what_cannot_be_meant_is_told_with_what_can() {
        assertThatThrownBy(() -> Replacements.parse(FILES, List.of("other=/x")))
                .isInstanceOf(Misuse.class)
                .hasMessageContaining("does not begin with a file that is kept")
                .satisfies(e -> assertThat(((Misuse) e).remedy()).contains("config.json or .env"));
        assertThatThrownBy(() -> Replacements.parse(List.of(), List.of("x=/x")))
                .satisfies(e -> assertThat(((Misuse) e).remedy()).contains("name the file in files of [state]"));
        assertThatThrownBy(() -> Replacements.parse(FILES, List.of(".env=")))
                .hasMessageContaining("no file follows the =");
        assertThatThrownBy(() -> Replacements.parse(FILES, List.of(".env=/a", ".env=/b")))
                .hasMessage("cannot replace .env twice");
    }

    @Test
    void what_comes_with_the_release_is_looked_for_in_its_directory() throws Exception {
        Path release = Files.createDirectory(home.resolve("unpacked"));
        Files.writeString(release.resolve("config.json"), "new");
        Replacements replacements = Replacements.parse(
                List.of("config.json", ".env"),
                List.of("config.json={release-dir}/config.json", ".env={release-dir}/none"));
        assertThat(replacements.look(site, release))
                .extracting(Finding::level)
                .containsExactly(Level.OK, Level.REFUSED);
        Files.writeString(home.resolve("config.json"), "new");
        assertThat(replacements.look(site, release).get(0).level()).isEqualTo(Level.NOTE);
    }

    @Test
    void what_was_staged_counts_even_when_the_new_file_is_gone_by_then() throws Exception {
        Path source = Files.writeString(home.resolve("new.json"), "new");
        Replacements replacements = Replacements.parse(List.of("config.json"), List.of("config.json=" + source));
        replacements.stage(site, 7, home);
        Path staged = Replacements.staged(site, 7);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(staged)))
                .isEqualTo("rwx------");
        Files.delete(source);
        replacements.apply(site, 7);
        assertThat(home.resolve("config.json")).hasContent("new");
        assertThat(staged).doesNotExist();
    }

    @Test
    void a_rehearsal_gets_all_files_and_what_replaces_them_and_sees_the_archive_as_it_is() throws Exception {
        Files.createDirectories(home.resolve("big"));
        Files.write(home.resolve("big/large"), new byte[3 << 20]);
        Files.write(home.resolve("big/larger"), new byte[3 << 20]);
        Path secret = Files.writeString(home.resolveSibling(home.getFileName() + "-env"), "SECRET=1");
        Files.createSymbolicLink(home.resolve(".env"), secret);
        Files.createDirectories(home.resolve("tree"));
        StandIn stage = new StandIn(site, 7, Isolation.find(Map.of("PATH", "/nowhere"), home));
        List<String> notes = new ArrayList<>();
        stage.furnish(notes);
        Path source = Files.writeString(home.resolve("new.json"), "new");
        Replacements.parse(List.of("config.json"), List.of("config.json=" + source))
                .applyTo(stage, site);
        Path copy = stage.workingDirectory(home);
        assertThat(copy.resolve("config.json")).hasContent("new");
        assertThat(home.resolve("config.json")).hasContent("old");
        assertThat(copy.resolve(".env")).isRegularFile().hasContent("SECRET=1");
        assertThat(Files.isSymbolicLink(copy.resolve(".env"))).isFalse();
        assertThat(copy.resolve("big/large")).hasSize(3 << 20);
        assertThat(copy.resolve("big/larger")).doesNotExist();
        assertThat(notes).anyMatch(note -> note.startsWith("tree is not there"));
        Files.delete(secret);
    }

    @Test
    void going_back_puts_back_the_oldest_of_what_the_installs_since_have_replaced_and_nothing_else() throws Exception {
        example.install(1, "1.0", 0);
        kept("1-before-2", 1, Scope.Keeping.VERSION, Set.of("config.json"));
        example.install(2, "1.1", 0);
        kept("2-before-3", 2, Scope.Keeping.VERSION, Set.of("config.json", ".env"));
        example.install(3, "1.2", 0);
        assertThat(ReplacedFiles.between(site, site.releases().find(1).orElseThrow())
                        .snapshots())
                .isEqualTo(Map.of("config.json", "1-before-2", ".env", "2-before-3"));
        assertThat(ReplacedFiles.between(site, site.releases().find(2).orElseThrow())
                        .snapshots())
                .isEqualTo(Map.of("config.json", "2-before-3", ".env", "2-before-3"));
        example.store().activate(2);
        assertThat(ReplacedFiles.between(site, site.releases().find(1).orElseThrow())
                        .snapshots())
                .isEqualTo(Map.of("config.json", "1-before-2"));
        // Forwards again: what was kept when it was left.
        assertThat(ReplacedFiles.between(site, site.releases().find(3).orElseThrow())
                        .isEmpty())
                .isTrue();
        try (Preparation preparation = site.snapshots()
                .prepare("4-abandoned", 3L, 4, "x", Scope.ofFiles(List.of(home.resolve(".env"))), 0, Progress.NONE)) {
            preparation.finish(List.of(), Progress.NONE);
        }
        assertThat(ReplacedFiles.between(site, site.releases().find(3).orElseThrow())
                        .snapshots())
                .isEqualTo(Map.of(".env", "4-abandoned"));
    }

    private void kept(String id, long release, Scope.Keeping keeping, Set<String> replacing) throws Exception {
        List<Path> paths = replacing.stream().map(home::resolve).toList();
        Scope scope = new Scope(
                List.of(),
                site.files(),
                Set.copyOf(paths),
                new Scope.Archive(home.resolve("tree"), "version.txt", keeping, true),
                false);
        long operation = Long.parseLong(id.substring(0, 1));
        try (Preparation preparation = site.snapshots().prepare(id, release, operation, "x", scope, 0, Progress.NONE)) {
            preparation.finish(List.of(), Progress.NONE);
        }
    }

    @Test
    void going_back_further_finds_the_archive_that_a_later_install_has_kept() throws Exception {
        Path tree = Files.createDirectory(home.resolve("tree"));
        version(tree, 2);
        example.migrateTo(1);
        example.install(1, "1.0", 0);
        kept("1-before-2", 1, Scope.Keeping.VERSION, Set.of());
        example.install(2, "1.1", 0);
        kept("2-before-3", 2, Scope.Keeping.TREE, Set.of());
        example.install(3, "1.2", 0);
        version(tree, 3);
        example.store().update(1, example.store().find(1).orElseThrow().record().withSchemaWhenLeft("other"));
        RollbackGuard guard = new RollbackGuard(site, Progress.NONE);
        assertThat(guard.look(site.releases().find(1).orElseThrow()).archive())
                .hasValueSatisfying(archive -> assertThat(archive.id()).isEqualTo("2-before-3"));
        site.snapshots().forgetTree("2-before-3");
        assertThatThrownBy(() -> guard.look(site.releases().find(1).orElseThrow()))
                .hasMessageContaining("its archive was at version 2, and no snapshot of that is left");
        version(tree, 2);
        assertThat(guard.look(site.releases().find(1).orElseThrow()).archive()).isEmpty();
    }

    private static void version(Path tree, int version) throws IOException {
        Files.deleteIfExists(tree.resolve("version.txt"));
        Files.writeString(tree.resolve("version.txt"), Integer.toString(version));
    }
}
