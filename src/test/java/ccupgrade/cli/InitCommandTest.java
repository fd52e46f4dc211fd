package ccupgrade.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ccupgrade.config.Config;
import ccupgrade.config.ConfigFile;
import ccupgrade.disk.Disk;
import ccupgrade.upgrade.Example;
import ccupgrade.upgrade.Surroundings;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InitCommandTest {

    @TempDir
    private Path directory;

    private Path home;
    private Path units;
    private Example example;
    private Screen screen = new Screen(Screen.NO_TERMINAL);

    @BeforeEach
    void makeHome() throws IOException {
        home = Files.createDirectories(directory.toRealPath().resolve("jobs"));
        units = Files.createDirectories(directory.toRealPath().resolve("units"));
        example = new Example(home);
    }

    private int run(Surroundings surroundings, String... arguments) {
        screen = new Screen(Screen.NO_TERMINAL);
        Session session = new Session(screen.options, surroundings, home);
        return Root.commandLine(
                        screen.console,
                        screen.options,
                        new InitCommand(screen.console, screen.options, session, List.of(units)))
                .execute(arguments);
    }

    private int run(String... arguments) {
        return run(example.surroundings(), arguments);
    }

    private Config written() throws Exception {
        return ConfigFile.read(home.resolve("ccupgrade.toml"));
    }

    private void unit(String name, String... lines) throws IOException {
        Files.write(units.resolve(name), List.of(lines));
    }

    @Test
    void an_empty_directory_gets_the_defaults() throws Exception {
        assertThat(run("init")).isZero();
        assertThat(written()).isEqualTo(ConfigFile.defaults("jobs"));
        assertThat(screen.out()).contains("none found yet", "ccupgrade install FILE");
        assertThat(home.toFile().list()).containsExactly("ccupgrade.toml");
    }

    @Test
    void databases_up_to_two_directories_deep_are_found_and_nothing_else() throws Exception {
        example.migrateTo(2);
        for (String database : List.of("top.sqlite", "a/b/deep.db", "a/b/c/too-deep.db", ".hidden/x.db")) {
            Files.createDirectories(home.resolve(database).getParent());
            Files.copy(home.resolve("var/jobs.db"), home.resolve(database));
        }
        Files.createDirectories(home.resolve("backups"));
        Files.copy(home.resolve("var/jobs.db"), home.resolve("backups/jobs.db"));
        Files.writeString(home.resolve("var/thumbs.db"), "not a database");
        assertThat(run("init")).isZero();
        assertThat(written().state().databases()).containsExactly("a/b/deep.db", "top.sqlite", "var/jobs.db");
        assertThat(screen.out()).contains("var/jobs.db, ", ", schema 2\n");
        assertThat(screen.err()).isEqualTo("warning: passed over as a backup: backups/jobs.db\n");
    }

    @Test
    void the_one_jar_is_named_in_the_next_command() throws Exception {
        Example.jar(home.resolve("jobs-1.0.jar"), "1.0", 1);
        assertThat(run("init")).isZero();
        assertThat(screen.out()).contains("ccupgrade install jobs-1.0.jar");
        assertThat(Files.readString(home.resolve("ccupgrade.toml"))).contains("\"jobs-1.0.jar\"");
    }

    @Test
    void between_two_jars_the_choice_is_left_to_the_administrator() throws Exception {
        Example.jar(home.resolve("jobs-1.0.jar"), "1.0", 1);
        Example.jar(home.resolve("jobs-1.1.jar"), "1.1", 1);
        assertThat(run("init")).isZero();
        assertThat(screen.out()).contains("ccupgrade install FILE");
        assertThat(screen.err()).contains("jobs-1.0.jar, jobs-1.1.jar");
    }

    @Test
    void the_unit_that_runs_from_here_is_found() throws Exception {
        unit("jobs.service", "[Service]", "ExecStart=/usr/bin/java -jar \\", "  " + home + "/releases/current");
        unit("jobs2.service", "[Service]", "WorkingDirectory=" + home + "2");
        unit("jobs@.service", "[Service]", "WorkingDirectory=" + home);
        unit("recover.service", "[Service]", "ExecStart=/usr/bin/ccupgrade -C " + home + " recover");
        unit("mentions.service", "[Unit]", "Documentation=file://" + home + "/README");
        assertThat(run("init")).isZero();
        assertThat(written().service().manager()).isEqualTo(Config.Manager.SYSTEMD);
        assertThat(written().service().unit()).isEqualTo("jobs.service");
        assertThat(screen.out()).contains("by systemd as jobs.service");
    }

    @Test
    void between_two_units_none_is_chosen() throws Exception {
        unit("a.service", "[Service]", "WorkingDirectory=" + home);
        unit("b.service", "[Service]", "WorkingDirectory=-" + home + "/");
        assertThat(run("init")).isZero();
        assertThat(written().service().manager()).isEqualTo(Config.Manager.PROCESS);
        assertThat(screen.err()).contains("a.service, b.service");
    }

    @Test
    void what_was_written_before_is_never_replaced() throws Exception {
        Files.writeString(home.resolve("ccupgrade.toml"), "name = \"mine\"\n");
        assertThat(run("init")).isEqualTo(3);
        assertThat(screen.err()).contains("is there already", "next:  edit that file");
        assertThat(home.resolve("ccupgrade.toml")).hasContent("name = \"mine\"\n");
    }

    @Test
    void a_directory_that_may_not_be_written_in_is_a_failure_with_a_way_out() throws Exception {
        Surroundings all = example.surroundings();
        Object readOnly = Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Disk.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("write")) {
                        throw new AccessDeniedException(arguments[0].toString());
                    }
                    try {
                        return method.invoke(all.disk(), arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
        Surroundings surroundings = new Surroundings(
                (Disk) readOnly,
                all.clock(),
                all.nanos(),
                all.processes(),
                all.environment(),
                all.root(),
                all.command(),
                all.user(),
                all.who());
        assertThat(run(surroundings, "init")).isEqualTo(1);
        assertThat(screen.err())
                .contains("cannot write " + home, "permission denied", "next:  run ccupgrade as a user");
    }

    @Test
    void programs_get_what_was_found_as_json() throws Exception {
        example.migrateTo(1);
        unit("jobs.service", "[Service]", "WorkingDirectory=" + home);
        assertThat(run("init", "-o", "json")).isZero();
        JsonObject document = JsonParser.parseString(screen.out()).getAsJsonObject();
        assertThat(document.get("kind").getAsString()).isEqualTo("init");
        assertThat(document.get("manager").getAsString()).isEqualTo("systemd");
        assertThat(document.get("unit").getAsString()).isEqualTo("jobs.service");
        JsonObject database = document.getAsJsonArray("databases").get(0).getAsJsonObject();
        assertThat(database.get("path").getAsString()).isEqualTo("var/jobs.db");
        assertThat(database.get("schema").getAsString()).isEqualTo("1");
    }
}
