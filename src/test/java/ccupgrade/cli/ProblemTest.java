package ccupgrade.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ccupgrade.fault.Failed;
import ccupgrade.fault.Refused;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import org.junit.jupiter.api.Test;

class ProblemTest {

    @Test
    void keeps_only_causes_that_add_something() {
        IOException root = new IOException("No space left on device");
        IOException repeats = new IOException("No space left on device", root);
        Problem problem = Problem.of(new Failed("cannot publish 17.jar", "free 440 MB", repeats));
        assertThat(problem.message()).isEqualTo("cannot publish 17.jar");
        assertThat(problem.because()).containsExactly("No space left on device");
        assertThat(problem.next()).isEqualTo("free 440 MB");
        assertThat(problem.code()).isEqualTo(ExitCode.FAILED);
    }

    @Test
    void says_what_a_bare_file_name_leaves_out() {
        assertThat(Problem.of(new NoSuchFileException("a.jar")).message())
                .isEqualTo("no such file or directory: a.jar");
        assertThat(Problem.of(new Failed("cannot read a.jar", null, new AccessDeniedException("a.jar")))
                        .because())
                .containsExactly("permission denied: a.jar");
        assertThat(Problem.of(new FileSystemException("a.jar", null, "Read-only file system"))
                        .message())
                .isEqualTo("a.jar: Read-only file system");
    }

    @Test
    void looks_through_wrappers() {
        Problem problem = Problem.of(new UncheckedIOException(new IOException("disk on fire")));
        assertThat(problem.message()).isEqualTo("disk on fire");
        Problem inner = Problem.of(new Failed("cannot copy", null, new IOException(new IOException("disk on fire"))));
        assertThat(inner.because()).containsExactly("disk on fire");
    }

    @Test
    void a_way_out_that_only_the_cause_knows_is_kept() {
        Problem problem = Problem.of(new Failed("cannot install", null, new Refused("bad jar", "take another")));
        assertThat(problem.next()).isEqualTo("take another");
    }

    @Test
    void a_failure_on_the_way_out_is_never_kept_back() {
        Failed failed = new Failed("cannot start", null);
        failed.addSuppressed(new IOException("cannot restore jobs.db"));
        assertThat(Problem.of(failed).because()).containsExactly("also: cannot restore jobs.db");
    }

    @Test
    void a_mistake_of_ours_is_called_one() {
        Problem problem = Problem.of(new IllegalStateException("no step"));
        assertThat(problem.message()).isEqualTo("internal error: IllegalStateException: no step");
        assertThat(problem.because()).isEmpty();
        assertThat(problem.next()).contains("CCUPGRADE_DEBUG=1");
    }

    @Test
    void a_chain_that_bites_its_tail_ends() {
        IOException a = new IOException("a");
        IOException b = new IOException("b", a);
        a.initCause(b);
        assertThat(Problem.of(a).because()).containsExactly("b");
    }
}
