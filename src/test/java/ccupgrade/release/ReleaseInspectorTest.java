package ccupgrade.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ccupgrade.disk.Progress;
import ccupgrade.fault.Fault;
import ccupgrade.fault.Refused;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReleaseInspectorTest {

    private static final int X86_64 = 62;
    private static final int I386 = 3;
    private static final int AARCH64 = 183;
    private static final int EXEC = 2;
    private static final int DYN = 3;

    @TempDir
    Path temporary;

    private Inspection inspect(Kind kind, Path file) throws Exception {
        Path root = temporary.resolve("root");
        ThisMachine here = new ThisMachine(root, "amd64", List.of(root.resolve("usr/bin")));
        return new ReleaseInspector(here)
                .inspect(new Staged(kind, file, null, false), file.getFileName().toString(), Progress.NONE);
    }

    private void has(String program) throws IOException {
        Path file = temporary.resolve("root" + program);
        Files.createDirectories(file.getParent());
        Files.setPosixFilePermissions(Files.writeString(file, ""), PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Path elf(int bits, int machine, int type, long entry, String interpreter) throws IOException {
        boolean wide = bits == 64;
        byte[] name = interpreter == null ? new byte[0] : (interpreter + "\0").getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(200 + name.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.put(new byte[] {0x7f, 'E', 'L', 'F', (byte) (wide ? 2 : 1), 1, 1});
        bytes.putShort(16, (short) type).putShort(18, (short) machine);
        int size = wide ? 56 : 32;
        if (wide) {
            bytes.putLong(24, entry).putLong(32, 64).putShort(54, (short) size).putShort(56, (short) 2);
        } else {
            bytes.putInt(24, (int) entry)
                    .putInt(28, 64)
                    .putShort(42, (short) size)
                    .putShort(44, (short) 2);
        }
        int second = 64 + size;
        bytes.putInt(64, 1).putInt(second, interpreter == null ? 2 : 3);
        if (wide) {
            bytes.putLong(second + 8, 200).putLong(second + 32, name.length);
        } else {
            bytes.putInt(second + 4, 200).putInt(second + 16, name.length);
        }
        bytes.position(200);
        bytes.put(name);
        return Files.write(temporary.resolve("jobs-1.4.2"), bytes.array());
    }

    private void refused(Kind kind, Path file, String message) {
        assertThatThrownBy(() -> inspect(kind, file))
                .isInstanceOf(Refused.class)
                .hasMessage(message);
    }

    @Test
    void a_static_executable_for_this_machine_needs_nothing() throws Exception {
        Path file = elf(64, X86_64, EXEC, 0x401000, null);
        assertThat(inspect(Kind.EXECUTABLE, file))
                .isEqualTo(
                        new Inspection("jobs", "1.4.2", Kind.EXECUTABLE, null, null, 0, Files.size(file), List.of()));
        inspect(Kind.EXECUTABLE, elf(64, X86_64, DYN, 0x1000, null));
    }

    @Test
    void another_machines_executable_is_refused() throws Exception {
        refused(
                Kind.EXECUTABLE,
                elf(64, AARCH64, EXEC, 1, null),
                "cannot run jobs-1.4.2: it is made for aarch64, and this machine is x86_64");
        refused(
                Kind.EXECUTABLE,
                elf(64, 4711, EXEC, 1, null),
                "cannot run jobs-1.4.2: it is made for a machine that ELF knows as 4711, and this machine is x86_64");
        inspect(Kind.EXECUTABLE, elf(32, I386, EXEC, 1, null));
    }

    @Test
    void what_loads_it_has_to_be_here() throws Exception {
        Path file = elf(64, X86_64, DYN, 1, "/lib/ld-musl-x86_64.so.1");
        refused(Kind.EXECUTABLE, file, "cannot run jobs-1.4.2: it needs /lib/ld-musl-x86_64.so.1, which is not here");
        has("/lib/ld-musl-x86_64.so.1");
        inspect(Kind.EXECUTABLE, file);
        refused(
                Kind.EXECUTABLE,
                elf(32, I386, EXEC, 1, "/lib/ld-linux.so.2"),
                "cannot run jobs-1.4.2: it needs /lib/ld-linux.so.2, which is not here");
    }

    @Test
    void libraries_and_object_files_are_no_programs() throws Exception {
        refused(Kind.EXECUTABLE, elf(64, X86_64, DYN, 0, null), "cannot run jobs-1.4.2: it is a shared library");
        refused(
                Kind.EXECUTABLE,
                elf(64, X86_64, 1, 0, null),
                "cannot run jobs-1.4.2: it is a piece of a program or a memory dump");
    }

    @Test
    void an_executable_cut_short_or_damaged_is_refused_whatever_is_left() throws Exception {
        byte[] whole = Files.readAllBytes(elf(64, X86_64, DYN, 1, "/lib/ld.so"));
        for (int length = 4; length < whole.length - 1; length++) {
            Path file = Files.write(temporary.resolve("half"), Arrays.copyOf(whole, length));
            refused(
                    Kind.EXECUTABLE,
                    file,
                    "cannot run half: it begins like a Linux executable, but is damaged or cut short");
        }
        for (int bit = 32; bit < 200 * 8; bit++) {
            byte[] bytes = whole.clone();
            bytes[bit / 8] ^= (byte) (1 << bit % 8);
            Path file = Files.write(temporary.resolve("odd"), bytes);
            try {
                inspect(Kind.EXECUTABLE, file);
            } catch (Fault e) {
                assertThat(e.getMessage()).startsWith("cannot run odd: ");
            }
        }
    }

    @Test
    void the_programs_of_this_very_machine_are_fit_for_it() throws Exception {
        ReleaseInspector inspector = new ReleaseInspector(ThisMachine.of("/usr/bin:/bin"));
        for (String program : List.of("/bin/sh", "/bin/ls")) {
            Staged staged = new Staged(Kind.EXECUTABLE, Path.of(program), null, false);
            assertThat(inspector.inspect(staged, "x", Progress.NONE).kind()).isEqualTo(Kind.EXECUTABLE);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    /bin/sh                       | ''
                     /bin/sh -e                   | ''
                    /usr/bin/env python3          | ''
                    /usr/bin/env -S A=b python3 -u| ''
                    /bin/zsh                      | it is a script for /bin/zsh, which is not here
                    /usr/bin/env perl             | it is a script for perl, which is not here
                    sh                              | its first line names no interpreter by its full path
                    ''                              | its first line names no interpreter by its full path
                    """)
    void a_script_needs_its_interpreter(String first, String why) throws Exception {
        has("/bin/sh");
        has("/usr/bin/env");
        has("/usr/bin/python3");
        Path file = Files.writeString(temporary.resolve("jobs.sh"), "#!" + first + "\nexit 0\n");
        if (why.isEmpty()) {
            assertThat(inspect(Kind.SCRIPT, file).kind()).isEqualTo(Kind.SCRIPT);
        } else {
            refused(Kind.SCRIPT, file, "cannot run jobs.sh: " + why);
        }
    }

    @Test
    void a_script_from_windows_is_told_as_one() throws Exception {
        Path file = Files.writeString(temporary.resolve("jobs.sh"), "#!/bin/sh\r\nexit 0\r\n");
        assertThatThrownBy(() -> inspect(Kind.SCRIPT, file)).hasMessageContaining("its lines end as on Windows");
    }

    @ParameterizedTest
    @CsvSource({
        "jobs-1.4.2, jobs, 1.4.2",
        "jobs-v1.4.2.tar.gz, jobs, 1.4.2",
        "cc-backend_1.5.4_Linux_x86_64.tar.gz, cc-backend, 1.5.4",
        "cc-backend_Linux_x86_64.tar.gz, cc-backend,",
        "cc-backend-v1.5.4, cc-backend, 1.5.4",
        "jobs-2.0-rc1.zip, jobs, 2.0-rc1",
        "jobs-linux-amd64-1.2.tgz, jobs, 1.2",
        "jobs, jobs,",
        "jobs-2, jobs-2,",
        "log4j2-server.sh, log4j2-server,",
        "1.5.4, 1.5.4,",
        "linux, linux,"
    })
    void the_name_tells_title_and_version(String name, String title, String version) {
        assertThat(FileTitle.of(name)).isEqualTo(new FileTitle(title, version));
    }
}
