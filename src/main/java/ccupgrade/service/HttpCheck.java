package ccupgrade.service;

import ccupgrade.words.Words;
import java.io.IOException;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.NoRouteToHostException;
import java.net.Proxy;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;

/**
 * Healthy are 2xx and 3xx: a service that sends its visitors to a login page is up. Redirects are not followed, because what they lead to
 * may be somebody else's. No proxy: the service is asked, and not the way to it.
 */
public final class HttpCheck implements HealthCheck {

    private final URI uri;

    public HttpCheck(URI uri) {
        this.uri = uri;
    }

    @Override
    public Probe probe(Duration limit) {
        String asked = "GET " + uri + ": ";
        HttpURLConnection connection = null;
        try {
            connection = (HttpURLConnection) uri.toURL().openConnection(Proxy.NO_PROXY);
            int milliseconds = (int) Math.max(1, limit.toMillis());
            connection.setConnectTimeout(milliseconds);
            connection.setReadTimeout(milliseconds);
            connection.setInstanceFollowRedirects(false);
            connection.setUseCaches(false);
            connection.setRequestProperty("Connection", "close");
            int status = connection.getResponseCode();
            return new Probe(status >= 200 && status < 400, asked + (status < 0 ? "not HTTP" : "HTTP " + status));
        } catch (IOException e) {
            return new Probe(false, asked + reason(e, limit));
        } finally {
            if (connection != null) {
                connection.disconnect();
            }
        }
    }

    static String reason(IOException e, Duration limit) {
        if (e instanceof SocketTimeoutException) {
            return "no answer within " + Words.duration(limit);
        }
        if (e instanceof UnknownHostException) {
            return "unknown host";
        }
        if (e instanceof NoRouteToHostException) {
            return "no route to the host";
        }
        if (e instanceof ConnectException) {
            return "connection refused";
        }
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }
}
