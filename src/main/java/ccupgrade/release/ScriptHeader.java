package ccupgrade.release;

import ccupgrade.fault.Refused;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The first line of a script, as the kernel reads it.
 *
 * @param interpreter its path
 * @param argument all that follows it; empty where nothing does
 */
record ScriptHeader(String interpreter, String argument) {

    /** What the kernel looks at. */
    private static final int LONGEST = 256;

    /** @param name what the messages call the file */
    static ScriptHeader read(Path file, String name) throws Refused, IOException {
        byte[] head;
        try (InputStream in = Files.newInputStream(file)) {
            head = in.readNBytes(LONGEST);
        }
        String text = new String(head, StandardCharsets.UTF_8);
        int end = text.indexOf('\n');
        if (end < 0 && head.length == LONGEST) {
            throw new Refused("cannot run " + name + ": its first line is longer than the kernel reads", null);
        }
        String line = text.substring(2, end < 0 ? text.length() : end);
        if (line.endsWith("\r")) {
            throw new Refused(
                    "cannot run " + name + ": its lines end as on Windows, and so the name of its interpreter does",
                    "convert it: sed -i 's/\\r$//' FILE");
        }
        String[] words = line.strip().split("[ \t]+", 2);
        if (!words[0].startsWith("/") || words[0].indexOf('\0') >= 0) {
            throw new Refused("cannot run " + name + ": its first line names no interpreter by its full path", null);
        }
        return new ScriptHeader(words[0], words.length > 1 ? words[1].strip() : "");
    }

    /** Passes when what reads it is here. */
    void check(ThisMachine here, String name) throws Refused {
        if (!here.hasProgram(interpreter)) {
            throw missing(name, interpreter);
        }
        if (interpreter.endsWith("/env")) {
            String program = program();
            boolean found = program.startsWith("/")
                    ? here.hasProgram(program)
                    : program.isEmpty()
                            || program.contains("/")
                            || here.onPath(program).isPresent();
            if (!found) {
                throw missing(name, program);
            }
        }
    }

    /** What env is to run: what follows its options and settings. Empty where that cannot be told. */
    private String program() {
        for (String word : List.of(argument.split("[ \t]+"))) {
            if (!word.startsWith("-") && !word.contains("=")) {
                return word;
            }
        }
        return "";
    }

    private static Refused missing(String name, String program) {
        return new Refused(
                "cannot run " + name + ": it is a script for " + program + ", which is not here", "install " + program);
    }
}
