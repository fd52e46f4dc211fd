package ccupgrade.config;

import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes as the file writes them: {@code 10GB}, {@code 1.5 TB}, {@code 512MiB}, {@code 4096B}. */
public final class SizeText {

    private static final Pattern SIZE = Pattern.compile("([0-9]{1,9})(?:\\.([0-9]{1,3}))? ?([kKMGT]i?B|B)");

    private static final String POWERS = "BKMGT";

    private SizeText() {}

    /** In bytes; empty for what is none, or more than fits. */
    public static OptionalLong parse(String text) {
        Matcher size = SIZE.matcher(text);
        if (!size.matches()) {
            return OptionalLong.empty();
        }
        String unit = size.group(3);
        int base = unit.endsWith("iB") ? 1024 : 1000;
        double factor = Math.pow(base, POWERS.indexOf(Character.toUpperCase(unit.charAt(0))));
        String fraction = size.group(2) == null ? "0" : size.group(2);
        double bytes = Double.parseDouble(size.group(1) + "." + fraction) * factor;
        return bytes > 1e18 ? OptionalLong.empty() : OptionalLong.of(Math.round(bytes));
    }
}
