package ccupgrade.state;

import ccupgrade.disk.Progress;
import ccupgrade.fault.Fault;
import java.io.IOException;

/** A copy of a database that was begun while the service works on it: worth nothing before it is completed. */
sealed interface HotCopy extends AutoCloseable permits WalCopy, BlockCopy {

    /** Completing it did not make it the state. The message follows a "because". */
    final class Useless extends Exception {

        private static final long serialVersionUID = 1;

        Useless(String why) {
            super(why);
        }
    }

    /**
     * Makes the copy the whole state at the service's end, durably. Called once, when nobody has the database open any more.
     *
     * @return the schema of the copy, which is the database's
     * @throws Useless when the copy is to be thrown away, and another one made
     */
    SchemaVersion complete(Progress progress) throws Useless, Fault, IOException;

    /** Lets go of the database. The copy's files stay. */
    @Override
    void close();
}
