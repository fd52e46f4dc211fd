package ccupgrade.state;

/**
 * Who may use a file.
 *
 * @param mode the permission bits, {@code 0640} and the like, the set-id and sticky bits included
 */
public record FileOwner(int user, int group, int mode) {

    /** As {@code 33:33 mode 0640}. */
    @Override
    public String toString() {
        return user + ":" + group + " mode 0" + Integer.toOctalString(mode);
    }
}
