package io.knit.plugin.nats.broker;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.channels.UnresolvedAddressException;
import java.util.Locale;

/** Says why the broker can't listen where it should, and what to do. */
final class BindFailure {
    private BindFailure() {}

    /** @param what is listened for: {@code NATS}; in the launcher that is the flag */
    static KnitException explain(String what, String flag, InetSocketAddress wanted, Throwable cause) {
        String address = what + " address " + wanted.getHostString() + ':' + wanted.getPort();
        String reason = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
        if (cause instanceof BindException && reason.contains("in use")) {
            return new KnitException(
                    ErrorCode.IN_USE,
                    "the " + address + " is in use by another program; stop that one, or choose another" + " port ("
                            + flag + "; port 0 takes any free one)",
                    cause);
        }
        if (cause instanceof UnresolvedAddressException || reason.contains("assign requested address")) {
            // a mesh's comes up when it likes, and who knows its name, too
            return new KnitException(
                    ErrorCode.ADDRESS_UNAVAILABLE,
                    "the " + address + " is no address of this machine, or not yet; give one that `ip addr` lists,"
                            + " or 127.0.0.1 (" + flag + "), or have it come up",
                    cause);
        }
        if (reason.contains("permission denied")) {
            return new KnitException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "the " + address + " needs more rights than this process has; choose a port above 1023",
                    cause);
        }
        return new KnitException(
                ErrorCode.INVALID_CONFIGURATION, "can't listen on the " + address + ": " + cause, cause);
    }
}
