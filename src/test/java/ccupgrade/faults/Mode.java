package ccupgrade.faults;

/** What happens at a point, in the order in which a sweep works it off. */
enum Mode {
    KILL(0),
    ENOSPC(28),
    EIO(5),
    EACCES(13),
    EROFS(30),
    EDQUOT(122),
    EMFILE(24);

    /** As the shim is told; the numbers are Linux's. */
    final int shim;

    Mode(int shim) {
        this.shim = shim;
    }
}
