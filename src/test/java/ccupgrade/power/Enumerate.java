package ccupgrade.power;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.io.FileUtils;

/** The complete enumeration, for {@code scripts/power}. */
final class Enumerate {

    private static final int WHOLE = 8;
    private static final int DRAWN = 16;

    private Enumerate() {}

    private static void onDevices(Path scratch) throws Exception {
        for (String kind : List.of("ext4", "xfs")) {
            String obstacle = Device.obstacle(scratch, kind);
            if (obstacle != null) {
                System.out.println(kind + ": " + obstacle);
                continue;
            }
            DeviceFailures failures = new DeviceFailures(scratch, kind);
            for (Device.Failure failure : Device.Failure.values()) {
                int[] ends = new int[2];
                for (String event : failures.events) {
                    ends[failures.cut(event, failure).ordinal()]++;
                }
                System.out.println(kind + ", " + failure + ": " + failures.events.size() + " cuts: " + ends[0]
                        + " old, " + ends[1] + " new");
            }
        }
    }

    /** @param arguments how many recoveries a scenario are recorded in turn; names of scenarios, or nothing for all; or {@code --device} */
    public static void main(String[] arguments) throws Exception {
        if (arguments[0].equals("--device")) {
            Path scratch = Files.createTempDirectory("ccupgrade-power");
            try {
                onDevices(scratch);
            } finally {
                FileUtils.deleteDirectory(scratch.toFile());
            }
            return;
        }
        int recoveries = Integer.parseInt(arguments[0]);
        List<String> names = arguments.length > 1 ? List.of(arguments).subList(1, arguments.length) : Scenario.NAMES;
        Path scratch = scratch();
        int bad = 0;
        try {
            for (String name : names) {
                Scenario scenario = Scenario.record(name, scratch);
                List<PowerFailures.Disk> disks = new ArrayList<>();
                if (recoveries > 0) {
                    new PowerFailures(scenario.recording(), 1, 0).forEach(disks::add);
                }
                bad += report(scenario);
                for (int i = 0; i < recoveries; i++) {
                    bad += report(scenario.recovery(disks.get((2 * i + 1) * disks.size() / (2 * recoveries))));
                }
            }
        } finally {
            FileUtils.deleteDirectory(scratch.toFile());
        }
        System.exit(bad == 0 ? 0 : 1);
    }

    private static int report(Scenario scenario) throws Exception {
        long start = System.nanoTime();
        Scenario.Result result =
                scenario.judge(new PowerFailures(scenario.recording(), WHOLE, DRAWN), disk -> true, 20);
        System.out.println(scenario.name() + ": " + result + ", " + (System.nanoTime() - start) / 1_000_000_000 + " s");
        result.wrong().forEach(line -> System.out.println("  " + line));
        return result.bad();
    }

    /** In memory where there is room: nothing is to be durable but in the model. */
    static Path scratch() throws Exception {
        Path memory = Path.of("/dev/shm");
        return Files.isWritable(memory)
                ? Files.createTempDirectory(memory, "ccupgrade-power")
                : Files.createTempDirectory("ccupgrade-power");
    }
}
