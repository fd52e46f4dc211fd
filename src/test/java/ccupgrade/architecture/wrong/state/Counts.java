package ccupgrade.architecture.wrong.state;

public final class Counts {
    static int calls;
}
