package backend;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;

/** The service: {@code GET /login} with its version, and jobs that keep coming. */
final class Server {

    private Server() {}

    /** Returns once systemd, if it was the one that started it, was told that the service is ready. */
    static void start(Release release, Settings settings, Schema schema, JobArchive archive)
            throws IOException, SQLException {
        int colon = settings.address().lastIndexOf(':');
        HttpServer http = HttpServer.create(
                new InetSocketAddress(
                        settings.address().substring(0, colon),
                        Integer.parseInt(settings.address().substring(colon + 1))),
                0);
        http.createContext("/login", exchange -> login(exchange, release));
        Jobs jobs = Jobs.start(release, settings, schema, archive);
        // A clean end is exit 0, where Java's own would be 143.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try {
                http.stop(0);
                jobs.stop();
                schema.close();
                Runtime.getRuntime().halt(0);
            } catch (SQLException | InterruptedException e) {
                Runtime.getRuntime().halt(1);
            }
        }));
        http.start();
        if (System.getenv("NOTIFY_SOCKET") != null) {
            new ProcessBuilder(
                            "systemd-notify", "--pid=" + ProcessHandle.current().pid(), "--ready", "--status=running")
                    .inheritIO()
                    .start();
        }
    }

    private static void login(HttpExchange exchange, Release release) throws IOException {
        byte[] page = ("<html><body>Login<footer>Version " + release.version() + "</footer></body></html>\n")
                .getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "text/html; charset=utf-8");
        exchange.sendResponseHeaders(200, page.length);
        try (OutputStream body = exchange.getResponseBody()) {
            body.write(page);
        }
    }
}
