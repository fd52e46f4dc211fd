package ccupgrade.service;

import ccupgrade.config.Config;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.time.Duration;

/** Healthy is a port that takes a connection. */
public final class TcpCheck implements HealthCheck {

    private final Config.Address address;

    public TcpCheck(Config.Address address) {
        this.address = address;
    }

    @Override
    public Probe probe(Duration limit) {
        String asked = "connect to " + address + ": ";
        try (Socket socket = new Socket(Proxy.NO_PROXY)) {
            socket.connect(new InetSocketAddress(address.host(), address.port()), (int) Math.max(1, limit.toMillis()));
            return new Probe(true, asked + "connected");
        } catch (IOException e) {
            return new Probe(false, asked + HttpCheck.reason(e, limit));
        }
    }
}
