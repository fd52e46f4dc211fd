package jobs;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;

/** The service itself, on the loopback address only. */
final class Server {

    private final Release release;
    private final Chain read;

    private Server(Release release, Chain read) {
        this.release = release;
        this.read = read;
    }

    /** Returns once it answers; it goes on until the process is told to stop. */
    static void start(Release release, Database database, Options options) throws IOException, SQLException {
        Connection connection = database.openExisting();
        try {
            Database.requireSchema(connection, release.schema());
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
        Chain read = new Chain(connection);
        Server server = new Server(release, read);
        InetAddress loopback = InetAddress.getByAddress("localhost", new byte[] {127, 0, 0, 1});
        HttpServer http;
        try {
            http = HttpServer.create(new InetSocketAddress(loopback, options.port()), 0);
        } catch (IOException e) {
            read.close();
            throw new IOException("cannot listen on 127.0.0.1:" + options.port() + ": " + e.getMessage(), e);
        }
        http.createContext("/health", server::health);
        http.createContext("/version", server::version);
        http.createContext("/chain", server::chain);
        http.setExecutor(Executors.newFixedThreadPool(4));

        // Closed last to first.
        Deque<AutoCloseable> open = new ArrayDeque<>();
        open.push(read);
        if (options.writeEvery() > 0) {
            Chain write = new Chain(database.openExisting());
            open.push(write);
            Writer writer = Writer.start(
                    write,
                    database.file(),
                    release.version() + "/" + HexFormat.of().toHexDigits(new SecureRandom().nextInt()),
                    options.writeEvery());
            open.push(writer::stop);
        }
        open.push(() -> http.stop(0));
        Runtime.getRuntime().addShutdownHook(new Thread(atStop(release, open), "stop"));
        http.start();
        System.out.println("jobs " + release.version() + " listens on 127.0.0.1:"
                + http.getAddress().getPort() + ", database " + database.file() + " at version " + release.schema());
        if (release.quirk() == Quirk.DIES) {
            die();
        }
    }

    private static Runnable atStop(Release release, Deque<AutoCloseable> open) {
        if (release.quirk() == Quirk.STUBBORN) {
            return Server::never;
        }
        return () -> {
            System.out.println("jobs " + release.version() + " stops");
            for (AutoCloseable resource : open) {
                try {
                    resource.close();
                } catch (Exception e) {
                    System.err.println("jobs: cannot stop cleanly: " + e.getMessage());
                }
            }
        };
    }

    /** The virtual machine ends only when this returns, and everything else goes on meanwhile. */
    private static void never() {
        System.out.println("jobs: told to stop, but will not");
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void die() {
        try {
            Thread.sleep(3_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        System.err.println("jobs: out of luck");
        Runtime.getRuntime().halt(1);
    }

    private void health(HttpExchange exchange) throws IOException {
        boolean healthy = release.quirk() != Quirk.UNHEALTHY;
        answer(exchange, healthy ? 200 : 503, (healthy ? "ok" : "not healthy") + " jobs " + release.version() + "\n");
    }

    private void version(HttpExchange exchange) throws IOException {
        answer(exchange, 200, "jobs " + release.version() + " schema " + release.schema() + "\n");
    }

    private void chain(HttpExchange exchange) throws IOException {
        try {
            Chain.Proof proof = read.verify();
            answer(
                    exchange,
                    200,
                    String.format(
                            "{\"rows\":%d,\"head\":\"%s\",\"unbroken\":%b}%n",
                            proof.rows(), proof.head(), proof.unbroken()));
        } catch (SQLException e) {
            answer(exchange, 500, e.getMessage() + "\n");
        }
    }

    private static void answer(HttpExchange exchange, int status, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        try (exchange) {
            exchange.getResponseHeaders()
                    .set("Content-Type", text.startsWith("{") ? "application/json" : "text/plain; charset=utf-8");
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
        }
    }
}
