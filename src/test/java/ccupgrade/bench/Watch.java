package ccupgrade.bench;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** A client of the service: asks for its health every few milliseconds, and so sees an absence as a user does. */
final class Watch implements AutoCloseable {

    private static final long EVERY_MILLIS = 3;
    private static final int PATIENCE_MILLIS = 1000;
    private static final byte[] REQUEST = "GET /health HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final int port;
    private final Thread thread = new Thread(this::ask, "watch");
    private volatile boolean stopped;
    private long lastOk;
    private boolean away;
    private long firstOkAgain;

    /** The last good answer before an absence and the first after it, by {@link System#nanoTime}. */
    record Gap(long from, long to) {}

    Watch(int port) {
        this.port = port;
        thread.start();
    }

    private void ask() {
        try {
            while (!stopped) {
                boolean ok = isHealthy(port);
                long now = System.nanoTime();
                synchronized (this) {
                    if (firstOkAgain == 0 && ok && away) {
                        firstOkAgain = now;
                        notifyAll();
                    } else if (ok && !away) {
                        lastOk = now;
                    } else if (lastOk != 0) {
                        away = true;
                    }
                }
                Thread.sleep(EVERY_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    static boolean isHealthy(int port) {
        try (Socket socket = new Socket()) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), PATIENCE_MILLIS);
            socket.getOutputStream().write(REQUEST);
            try (InputStream in = socket.getInputStream()) {
                String answer = new String(in.readNBytes(12), StandardCharsets.US_ASCII);
                in.readAllBytes();
                return answer.endsWith(" 200");
            }
        } catch (IOException e) {
            // Nobody answers.
            return false;
        }
    }

    static void awaitHealthy(int port) throws IOException, InterruptedException {
        long limit = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
        while (!isHealthy(port)) {
            if (System.nanoTime() > limit) {
                throw new IOException("the service does not answer on port " + port);
            }
            Thread.sleep(5);
        }
    }

    /** The first absence, once it is over. */
    synchronized Gap awaitGap(long seconds) throws IOException, InterruptedException {
        long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (firstOkAgain == 0) {
            if (System.nanoTime() > limit) {
                throw new IOException(
                        "the service on port " + port + (away ? " does not come back" : " was never away"));
            }
            wait(100);
        }
        return new Gap(lastOk, firstOkAgain);
    }

    @Override
    public void close() throws InterruptedException {
        stopped = true;
        thread.join();
    }
}
