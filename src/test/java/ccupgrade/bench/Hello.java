package ccupgrade.bench;

/** The least that a Java program can do: what its start takes, no other can be below. */
final class Hello {

    private Hello() {}

    public static void main(String[] arguments) {
        System.out.println("hello");
    }
}
