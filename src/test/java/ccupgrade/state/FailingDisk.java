package ccupgrade.state;

import ccupgrade.disk.Disk;
import ccupgrade.disk.DurableDisk;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** A disk that stops working: from a given call on, each throws, and the first of them may have done its work before. */
final class FailingDisk {

    final Disk disk;
    private final boolean otherFileSystem;
    private int calls;
    private int working = Integer.MAX_VALUE;
    private boolean lastOneActs;
    private @Nullable Integer copiesBelongTo;

    FailingDisk() {
        this(false);
    }

    /** @param otherFileSystem a move between different directories is refused, as between file systems */
    FailingDisk(boolean otherFileSystem) {
        this.otherFileSystem = otherFileSystem;
        DurableDisk real = new DurableDisk(new Random(7));
        disk = (Disk) Proxy.newProxyInstance(
                Disk.class.getClassLoader(), new Class<?>[] {Disk.class}, (proxy, method, arguments) -> {
                    calls++;
                    if (calls > working && !(lastOneActs && calls == working + 1)) {
                        throw new FileSystemException("test", null, "No space left on device");
                    }
                    if (this.otherFileSystem
                            && method.getName().equals("move")
                            && !((Path) arguments[0]).getParent().equals(((Path) arguments[1]).getParent())) {
                        throw new AtomicMoveNotSupportedException("a", "b", "test");
                    }
                    try {
                        method.invoke(real, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                    if (copiesBelongTo != null && method.getName().equals("copy")) {
                        Files.setAttribute((Path) arguments[1], "unix:uid", copiesBelongTo);
                    }
                    if (calls > working) {
                        throw new IOException("killed after " + method.getName());
                    }
                    return null;
                });
    }

    /** The call after these is the first to fail. */
    void failAfter(int calls, boolean firstFailingOneActs) {
        this.calls = 0;
        this.working = calls;
        this.lastOneActs = firstFailingOneActs;
    }

    /** As a disk does on which the process may not keep an owner. */
    void giveCopiesTo(int user) {
        copiesBelongTo = user;
    }

    void repair() {
        calls = 0;
        working = Integer.MAX_VALUE;
    }
}
