package ccupgrade.service;

import java.util.Map;

/** Phrases of this package's messages. */
final class Phrases {

    private static final Map<Integer, String> SIGNALS = Map.of(
            1, "SIGHUP", 2, "SIGINT", 3, "SIGQUIT", 4, "SIGILL", 6, "SIGABRT", 7, "SIGBUS", 9, "SIGKILL", 11, "SIGSEGV",
            13, "SIGPIPE", 15, "SIGTERM");

    private Phrases() {}

    /** An exit code as a shell counts it: above 128 it is a signal. A JVM itself exits with 143 on SIGTERM. */
    static String exit(int code) {
        if (code == 143) {
            return "exit 143, a clean stop";
        }
        String signal = SIGNALS.get(code - 128);
        return signal == null ? "exit " + code : "exit " + code + ", " + signal;
    }

    /** The same of a program that was meant to end by itself: to it, no signal is a clean stop. */
    static String exitCode(int code) {
        String signal = SIGNALS.get(code - 128);
        return "exit code " + code + (signal == null ? "" : ", " + signal);
    }

    static String signal(int number) {
        return number == 15 ? "SIGTERM, a clean stop" : SIGNALS.getOrDefault(number, "signal " + number);
    }

    /** A message with the lines that prove it below, set off from it. */
    static String withEvidence(String message, String lines) {
        return lines.isBlank()
                ? message
                : message + "\n  | " + lines.stripTrailing().replace("\n", "\n  | ");
    }
}
