package ccupgrade.disk;

/**
 * Where long work tells how far it is. Who works never sees a console; who shows decides when a line is worth printing.
 * Called by one thread at a time.
 */
public interface Progress {

    /** Shows nothing. */
    Progress NONE = new Progress() {
        @Override
        public void begin(String what, long total) {}

        @Override
        public void at(long done) {}

        @Override
        public void end() {}
    };

    /**
     * A piece of work begins. Pieces do not nest.
     *
     * @param what what is being done, for a reader: {@code copying jobs.db}
     * @param total bytes to do, or -1 where only the time that passes can be shown
     */
    void begin(String what, long total);

    /** So many bytes of the total are done; for work without a total, any value: a sign of life. */
    void at(long done);

    /** The work has ended, whether it succeeded or not. */
    void end();
}
