package io.knit.core.server.http.access;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** From where an address is reached: the wider, the more must be asked of who comes. */
public enum Exposure {
    /** From this machine. */
    LOOPBACK,
    /** From a network of one's own: RFC 1918, link-local, unique local (fc00::/7), shared (100.64.0.0/10), or the mesh. */
    PRIVATE,
    /** From anywhere, as far as can be told. */
    PUBLIC,
    /** By every address that this machine has, or will have. */
    ALL;

    private static final Logger LOG = LoggerFactory.getLogger(Exposure.class);

    static Exposure of(InetAddress address) {
        byte[] bytes = address.getAddress();
        if (address.isAnyLocalAddress()) {
            return ALL;
        }
        if (address.isLoopbackAddress()) {
            return LOOPBACK;
        }
        boolean shared = address instanceof Inet4Address && (bytes[0] & 0xff) == 100 && (bytes[1] & 0xc0) == 64;
        boolean unique = bytes.length == 16 && (bytes[0] & 0xfe) == 0xfc;
        return shared || unique || address.isSiteLocalAddress() || address.isLinkLocalAddress() ? PRIVATE : PUBLIC;
    }

    /**
     * Lets a server listen, or says why it must not.
     *
     * @param insecure whether it was said that something else keeps strangers out
     * @param mesh this host's address on the mesh; asked only where that matters
     * @return fails with {@code INVALID_CONFIGURATION}; with {@code ADDRESS_UNAVAILABLE} or {@code DISCOVERY_UNAVAILABLE} where it may be let in later
     */
    public static Future<Void> admit(
            Vertx vertx, Listening listening, boolean insecure, Supplier<Future<Optional<String>>> mesh) {
        return vertx.executeBlocking(() -> widest(listening.host()), false)
                .compose(reach -> reach == PUBLIC && !insecure && !(listening.tokens() && listening.isSecure())
                        ? mesh.get()
                                .recover(why -> vertx.executeBlocking(
                                                () -> isElsewhere(InetAddress.getByName(listening.host())), false)
                                        .compose(elsewhere -> elsewhere
                                                ? Future.succeededFuture(Optional.empty())
                                                : Future.failedFuture(unknown(listening, why))))
                                .compose(own -> vertx.executeBlocking(
                                        () -> own.isPresent() && isSame(own.get(), listening.host()) ? PRIVATE : reach,
                                        false))
                        : Future.succeededFuture(reach))
                .compose(reach -> judged(listening, reach, insecure));
    }

    private static Exposure widest(String host) {
        try {
            return Arrays.stream(InetAddress.getAllByName(host))
                    .map(Exposure::of)
                    .max(Comparator.naturalOrder())
                    .orElse(PUBLIC);
        } catch (UnknownHostException e) {
            // who listens may find that it leads somewhere by then
            throw leadsNowhere(host);
        }
    }

    /** There may be nobody yet who knows the name. */
    public static KnitException leadsNowhere(String host) {
        return new KnitException(
                ErrorCode.ADDRESS_UNAVAILABLE,
                "the name " + host
                        + " of http-addr leads to no address, or not yet; give an IP address of this machine");
    }

    /** Whether an interface has it that is no tunnel's: it is not the mesh's, and will not be. */
    static boolean isElsewhere(InetAddress address) throws SocketException {
        NetworkInterface holder = NetworkInterface.getByInetAddress(address);
        return holder != null && !holder.isPointToPoint();
    }

    /** A public address that may be the mesh's. */
    private static KnitException unknown(Listening listening, Throwable why) {
        return new KnitException(
                ErrorCode.DISCOVERY_UNAVAILABLE,
                refusal(listening, PUBLIC) + "; whether it is this host's on the mesh is not known: "
                        + why.getMessage(),
                why);
    }

    private static boolean isSame(String address, String host) throws UnknownHostException {
        return InetAddress.getByName(address).equals(InetAddress.getByName(host));
    }

    private static Future<Void> judged(Listening listening, Exposure reach, boolean insecure) {
        boolean asks = listening.tokens() && listening.isSecure();
        if (reach.compareTo(PRIVATE) > 0 && !asks && !insecure) {
            return Future.failedFuture(new KnitException(ErrorCode.INVALID_CONFIGURATION, refusal(listening, reach)));
        }
        if (reach != LOOPBACK && !listening.tokens()) {
            LOG.warn(
                    "Whoever reaches the HTTP address {} may do everything there, the dashboard included; --tokens asks everybody who he is",
                    listening.host());
        } else if (reach.compareTo(PRIVATE) > 0 && !listening.isSecure()) {
            LOG.warn(
                    "Tokens that are shown at the HTTP address {} can be read on the way; --http-tls-cert and --http-tls-key hide them",
                    listening.host());
        }
        return Future.succeededFuture();
    }

    private static String refusal(Listening listening, Exposure reach) {
        String what = reach == ALL ? "every address of this machine" : "a public address";
        String danger = listening.tokens()
                ? "tokens that are shown there could be read on the way"
                : "whoever reaches it could do everything";
        return "http-addr " + listening.host() + " is " + what + ": " + danger
                + "; give a loopback, private or mesh address, or ask for tokens over TLS (--tokens, --http-tls-cert, --http-tls-key),"
                + " or say --insecure where something else keeps strangers out";
    }
}
