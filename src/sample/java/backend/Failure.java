package backend;

/** What ends the program with exit code 1, with its message on standard error. */
final class Failure extends Exception {

    private static final long serialVersionUID = 1L;

    Failure(String message) {
        super(message);
    }
}
