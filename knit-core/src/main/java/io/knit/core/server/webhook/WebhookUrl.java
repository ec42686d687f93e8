package io.knit.core.server.webhook;

import io.knit.core.rules.IpAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Where events may be sent (pure). No name server is asked: what a name leads to may be another address tomorrow. */
final class WebhookUrl {
    static final int LONGEST = 2_048;

    private static final Pattern OWN_V4 =
            Pattern.compile("127\\..*|10\\..*|192\\.168\\..*|172\\.(1[6-9]|2\\d|3[01])\\..*"
                    + "|100\\.(6[4-9]|[7-9]\\d|1[01]\\d|12[0-7])\\..*");
    /** Loopback and unique local, in the one spelling. */
    private static final Pattern OWN_V6 = Pattern.compile("0:0:0:0:0:0:0:1|f[cd][0-9a-f]{2}:.*");

    private WebhookUrl() {}

    /**
     * What is against it, and what to do; empty: nothing.
     *
     * @param plain whether it was said that {@code http} is meant
     */
    static Optional<String> fault(String text, boolean plain) {
        URI url;
        try {
            url = new URI(text);
        } catch (URISyntaxException e) {
            return Optional.of("this is no URL; write one such as https://hooks.example.com/knit");
        }
        String scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
        String host = url.getHost();
        if (text.length() > LONGEST) {
            return Optional.of("the URL has " + text.length() + " characters; give one of at most " + LONGEST);
        }
        if (host == null || !(scheme.equals("https") || scheme.equals("http")) || url.getPort() > 65_535) {
            return Optional.of(
                    "events are sent by https to a host; write a URL such as https://hooks.example.com/knit");
        }
        if (url.getRawUserInfo() != null) {
            return Optional.of(
                    "a user and password in the URL would be shown to who lists webhooks; leave them out, the signature says who sends");
        }
        if (url.getRawFragment() != null) {
            return Optional.of("what is behind # is never sent; leave it out");
        }
        return scheme.equals("https") || plain || isOwn(host)
                ? Optional.empty()
                : Optional.of("by http others may read on the way what is sent to " + host
                        + "; give an https URL, or say allow_http where the way is known to be safe");
    }

    /** Loopback, or of a network of one's own. Link-local is not: that is where clouds keep credentials. */
    private static boolean isOwn(String host) {
        String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        String address = IpAddress.canonical(bare);
        return host.equalsIgnoreCase("localhost")
                || address != null
                        && (OWN_V4.matcher(address).matches()
                                || OWN_V6.matcher(address).matches());
    }
}
