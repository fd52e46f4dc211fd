package ccupgrade;

/** Wires everything and maps an outcome to an exit code. */
public final class Main {

    private Main() {}

    public static void main(String[] args) {
        System.exit(2);
    }
}
