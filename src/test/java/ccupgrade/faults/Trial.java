package ccupgrade.faults;

import static ccupgrade.faults.Oracle.check;

import ccupgrade.faults.Command.Result;
import ccupgrade.faults.Oracle.Wrong;
import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One fault at one point, and all that follows. */
final class Trial {

    private static final int KILLED = 137;
    private static final int TAKEN_BACK = 4;
    private static final int NEEDS_OPERATOR = 5;
    private static final String UNRECORDED = "warning: the journal could not be kept";

    private final Prepared prepared;
    private final Sandbox sandbox;
    private final Mode mode;
    private final int number;
    private final Shape shapes;
    private final StringBuilder said = new StringBuilder();

    Trial(Prepared prepared, Sandbox sandbox, Mode mode, int number, Shape shapes) {
        this.shapes = shapes;
        this.prepared = prepared;
        this.sandbox = sandbox;
        this.mode = mode;
        this.number = number;
    }

    /** Leaves the deployment as it is in the end, for a look at it. */
    Verdict run() throws IOException, InterruptedException {
        long began = System.nanoTime();
        Scenario scenario = prepared.scenario();
        sandbox.load(prepared.template(), scenario);
        if (scenario.beginsRunning()) {
            sandbox.startService();
        }
        Result result =
                sandbox.runWith(Orders.fault(scenario.who, number, mode), scenario.command.toArray(String[]::new));
        said.append("$ ").append(scenario.command).append('\n').append(result.all());
        String promised = scenario.isRecovery() ? prepared.promised() : sandbox.promised();
        List<Point> points = sandbox.points();
        boolean reached = points.size() >= number;
        Point expected = prepared.points().get(number - 1);
        Point point = reached ? points.get(number - 1) : expected;
        String outcome = "else";
        String detail = "";
        try {
            outcome = judge(result, promised) ? "new" : "old";
        } catch (Wrong | IOException | SQLException e) {
            detail = e.getMessage() == null ? e.toString() : e.getMessage();
        }
        return new Verdict(
                scenario.word(),
                mode.name(),
                number,
                prepared.points().size(),
                prepared.numbers(mode).size(),
                prepared.step(number),
                point.call(),
                point.path(),
                outcome,
                detail,
                reached,
                point.isSameCall(expected),
                result.exit(),
                TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began));
    }

    /** All that was said, by which command. */
    String said() {
        return said.toString();
    }

    private boolean judge(Result result, String promised)
            throws Wrong, IOException, SQLException, InterruptedException {
        boolean killed = result.exit() == KILLED;
        if (!killed) {
            honest(result);
        }
        if (killed || sandbox.hasOpenOperation()) {
            check(
                    killed || result.exit() == NEEDS_OPERATOR || isOnlyUnrecorded(result),
                    "exit code " + result.exit() + ", and the operation is open");
            Result recovery = sandbox.run("recover");
            said.append("$ recover\n").append(recovery.all());
            honest(recovery);
            check(recovery.exit() == 0, "the recovery ended with " + recovery.exit());
        } else {
            check(result.exit() != NEEDS_OPERATOR, "somebody must look, and no operation is open");
        }
        Oracle oracle = new Oracle(prepared, sandbox);
        boolean isNew = oracle.isNew(promised);
        agrees(result.exit(), isNew);
        State state = isNew ? prepared.fresh() : prepared.old();
        String shape = Shape.of(sandbox.home);
        if (!shape.contains(".ccupgrade-tmp") && shapes.isTried(state, shape)) {
            return isNew;
        }
        Result next = sandbox.run("install", "@" + next());
        said.append("$ install\n").append(next.all());
        check(next.exit() == 0, "the next install ended with " + next.exit());
        check(sandbox.get("/health").startsWith("200 ok"), "the service is not healthy after the next install");
        oracle.isTidy();
        shapes.wasTried(state, shape);
        return isNew;
    }

    /** All was done or taken back but for a record, or for what follows the point of no return, and that was said. */
    private static boolean isOnlyUnrecorded(Result result) {
        return switch (result.exit()) {
            case 0 ->
                result.err().contains(UNRECORDED)
                        || result.all().contains("some of the tidying up could not be done")
                                && result.all().contains("ccupgrade recover");
            case TAKEN_BACK -> result.err().contains(UNRECORDED);
            default -> false;
        };
    }

    /** What is said must help: no stack trace, a file's name or a way out. */
    private static void honest(Result result) throws Wrong {
        check(result.exit() >= 0, "hangs");
        check(!result.all().contains("\n\tat ") && !result.all().contains("Exception in thread"), "a stack trace");
        check(!result.all().contains("a mistake in ccupgrade"), "a mistake in ccupgrade");
        if (result.exit() != 0) {
            check(
                    result.err().contains("error: ")
                            && (result.err().contains("/") || result.err().contains("next:")),
                    "an error without a path or a way out");
        }
    }

    /** The exit code has to tell the truth. */
    private void agrees(int exit, boolean isNew) throws Wrong {
        if (prepared.scenario().isRecovery()) {
            check(
                    isNew == prepared.end().equals(prepared.fresh()),
                    "the recovery went " + (isNew ? "forwards" : "back") + ", and should not have");
        } else if (!prepared.old().equals(prepared.fresh())) {
            check(exit != 0 || isNew, "exit code 0, and it is the old one");
            check((exit != 1 && exit != 3 && exit != 4) || !isNew, "exit code " + exit + ", and it is the new one");
        } else if (prepared.scenario().exit != 0) {
            check(exit != 0, "exit code 0, and nothing was installed");
        }
    }

    /** One with the schema that is there, so that the install is a short one. */
    private String next() throws IOException, SQLException {
        return switch (State.of(sandbox.home, prepared.scenario().sample).release()) {
            case "1.0", "none" -> "1.1";
            case "1.1" -> "1.0";
            case "2.0" -> "2.1";
            default -> "2.0";
        };
    }
}
