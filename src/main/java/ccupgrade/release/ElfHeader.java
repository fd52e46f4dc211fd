package ccupgrade.release;

import ccupgrade.fault.Refused;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a Linux executable says of itself in its first bytes. See elf(5).
 *
 * @param interpreter what loads it, with its libraries; null for a static one
 */
record ElfHeader(
        int bits,
        int machine,
        int type,
        boolean hasEntry,
        @Nullable String interpreter) {

    private static final int HEADER = 64;

    /** Program headers lie right behind the header, and are few. */
    private static final int MOST_PROGRAM_HEADERS = 1 << 20;

    private static final int LONGEST_INTERPRETER = 4096;

    private static final int EXECUTABLE = 2;
    private static final int SHARED_OR_EXECUTABLE = 3;
    private static final int INTERPRETER = 3;

    /**
     * @param number as ELF counts them
     * @param javaNames as {@code os.arch} may say
     */
    private record Architecture(int number, int bits, String name, List<String> javaNames) {}

    private static final List<Architecture> ARCHITECTURES = List.of(
            new Architecture(62, 64, "x86_64", List.of("amd64", "x86_64")),
            new Architecture(3, 32, "i386", List.of("x86", "i386", "i486", "i586", "i686")),
            new Architecture(183, 64, "aarch64", List.of("aarch64", "arm64")),
            new Architecture(40, 32, "arm", List.of("arm", "arm32")),
            new Architecture(243, 64, "riscv64", List.of("riscv64")),
            new Architecture(21, 64, "ppc64", List.of("ppc64le", "ppc64")),
            new Architecture(22, 64, "s390x", List.of("s390x")),
            new Architecture(258, 64, "loongarch64", List.of("loongarch64")));

    /** @param name what the messages call the file */
    static ElfHeader read(Path file, String name) throws Refused, IOException {
        try {
            return read(file);
        } catch (EOFException | RuntimeException e) {
            throw new Refused(
                    "cannot run " + name + ": it begins like a Linux executable, but is damaged or cut short",
                    "fetch it again and compare its checksum",
                    e);
        }
    }

    private static ElfHeader read(Path file) throws IOException {
        ByteBuffer header = bytes(file, 0, HEADER);
        boolean wide = header.get(4) == 2;
        header.order(header.get(5) == 2 ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        int type = header.getShort(16);
        int machine = header.getShort(18);
        long entry = wide ? header.getLong(24) : header.getInt(24);
        long offset = wide ? header.getLong(32) : header.getInt(28);
        int size = header.getShort(wide ? 54 : 42);
        int count = header.getShort(wide ? 56 : 44) & 0xffff;
        if (offset < 0 || count > 0 && size < (wide ? 56 : 32) || (long) size * count > MOST_PROGRAM_HEADERS) {
            throw new EOFException("program headers that cannot be");
        }
        String interpreter = null;
        ByteBuffer segments = bytes(file, offset, size * count).order(header.order());
        for (int at = 0; at < size * count; at += size) {
            if (segments.getInt(at) == INTERPRETER) {
                long where = wide ? segments.getLong(at + 8) : segments.getInt(at + 4);
                long length = wide ? segments.getLong(at + 32) : segments.getInt(at + 16);
                if (where < 0 || length < 1 || length > LONGEST_INTERPRETER) {
                    throw new EOFException("an interpreter that cannot be");
                }
                interpreter = StandardCharsets.UTF_8
                        .decode(bytes(file, where, (int) length))
                        .toString();
                int end = interpreter.indexOf('\0');
                interpreter = end < 0 ? interpreter : interpreter.substring(0, end);
            }
        }
        return new ElfHeader(wide ? 64 : 32, machine & 0xffff, type, entry != 0, interpreter);
    }

    private static ByteBuffer bytes(Path file, long offset, int length) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            in.skipNBytes(offset);
            byte[] bytes = in.readNBytes(length);
            if (bytes.length < length) {
                throw new EOFException();
            }
            return ByteBuffer.wrap(bytes);
        }
    }

    /** Passes when this machine can run it. */
    void check(ThisMachine here, String name) throws Refused {
        if (type != EXECUTABLE && type != SHARED_OR_EXECUTABLE) {
            throw new Refused("cannot run " + name + ": it is a piece of a program or a memory dump", null);
        }
        Architecture its = ARCHITECTURES.stream()
                .filter(candidate -> candidate.number == machine)
                .findFirst()
                .orElse(new Architecture(machine, bits, "a machine that ELF knows as " + machine, List.of()));
        Architecture ours = ARCHITECTURES.stream()
                .filter(candidate -> candidate.javaNames.contains(here.architecture()))
                .findFirst()
                .orElse(its);
        // A kernel for x86_64 runs the programs of its predecessor.
        boolean predecessor = its.name.equals("i386") && ours.name.equals("x86_64");
        if (its.number != ours.number && !predecessor) {
            throw new Refused(
                    "cannot run " + name + ": it is made for " + its.name + ", and this machine is " + ours.name,
                    "fetch the one for " + ours.name);
        }
        if (interpreter == null) {
            if (type == SHARED_OR_EXECUTABLE && !hasEntry) {
                throw new Refused("cannot run " + name + ": it is a shared library", null);
            }
            return;
        }
        if (!interpreter.startsWith("/") || interpreter.indexOf('\0') >= 0) {
            throw new Refused("cannot run " + name + ": what is to load it has no absolute path", null);
        }
        if (!here.hasProgram(interpreter)) {
            throw new Refused(
                    "cannot run " + name + ": it needs " + interpreter + ", which is not here",
                    "fetch the one for this distribution, or a static one, or install what brings " + interpreter);
        }
    }
}
