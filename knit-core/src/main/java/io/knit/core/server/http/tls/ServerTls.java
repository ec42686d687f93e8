package io.knit.core.server.http.tls;

import io.knit.api.error.KnitException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.ServerSSLOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * TLS 1.2 and 1.3 of the HTTP server. When the files change, their new content is used for the connections that follow; files that are wrong, or of which only some
 * were changed yet, change nothing. Thread-safe.
 */
public final class ServerTls {
    private static final Logger LOG = LoggerFactory.getLogger(ServerTls.class);
    private static final long POLL_MILLIS = 2_000;
    private static final Set<String> VERSIONS = Set.of("TLSv1.3", "TLSv1.2");

    private final Vertx vertx;
    private final TlsFiles files;
    /** The files' state when what is in use was read. While it is another, each look reads them. */
    private volatile List<String> seen;
    /** What was last said to be wrong with them; empty: nothing is. */
    private volatile String told = "";

    private final ServerSSLOptions first;
    private volatile long timer = -1;

    private record Fresh(List<String> state, ServerSSLOptions options) {}

    private ServerTls(Vertx vertx, TlsFiles files) {
        this.vertx = vertx;
        this.files = files;
        this.seen = state();
        this.first = read();
    }

    /**
     * Reads the files; blocks.
     *
     * @throws KnitException with {@code FILE_UNAVAILABLE} if one is not there or does not belong to the other, {@code INVALID_CONFIGURATION} if one of them is wrong
     */
    public static ServerTls read(Vertx vertx, TlsFiles files) {
        return new ServerTls(vertx, files);
    }

    /** With TLS, and no HTTP/2: what counts connections and what they have not read knows HTTP/1.1 alone. */
    public HttpServerOptions in(HttpServerOptions options) {
        return options.setSsl(true)
                .setUseAlpn(false)
                .setEnabledSecureTransportProtocols(VERSIONS)
                .setKeyCertOptions(first.getKeyCertOptions())
                .setTrustOptions(first.getTrustOptions())
                .setClientAuth(first.getClientAuth());
    }

    /** Looks at the files from now on. */
    public void watch(HttpServer server) {
        timer = vertx.setPeriodic(POLL_MILLIS, tick -> look(server).onFailure(this::tell));
    }

    public void close() {
        vertx.cancelTimer(timer);
    }

    /** Succeeds with whether something else is in use now. */
    Future<Boolean> look(HttpServer server) {
        return vertx.executeBlocking(this::fresh, true)
                .compose(fresh -> fresh.isEmpty()
                        ? Future.succeededFuture(false)
                        : server.updateSSLOptions(fresh.get().options())
                                .onSuccess(used -> uses(fresh.get().state())));
    }

    /** Empty: they are as they were. */
    private Optional<Fresh> fresh() {
        List<String> now = state();
        if (now.equals(seen)) {
            told = "";
            return Optional.empty();
        }
        return Optional.of(new Fresh(now, read()));
    }

    /** Only now have they been read: what is put right by who may read a file shows in nothing that a look compares. */
    private void uses(List<String> state) {
        seen = state;
        told = "";
        LOG.info("The HTTP server uses the certificate in {} from now on", files.certificate());
    }

    private void tell(Throwable why) {
        String words = String.valueOf(why.getMessage());
        if (!words.equals(told)) {
            told = words;
            LOG.warn("The HTTP server's TLS files changed and are wrong; it goes on with what it had: {}", words);
        }
    }

    private ServerSSLOptions read() {
        TlsText certificate = TlsText.read(TlsFiles.CERTIFICATE, files.certificate());
        TlsText key = TlsText.read(TlsFiles.KEY, files.key());
        X509Certificate own = certificate.certificate();
        key.checkKeyOf(own);
        ServerSSLOptions options = new ServerSSLOptions();
        options.setEnabledSecureTransportProtocols(VERSIONS);
        options.setUseAlpn(false);
        options.setKeyCertOptions(new PemKeyCertOptions()
                .addCertValue(Buffer.buffer(certificate.bytes()))
                .addKeyValue(Buffer.buffer(key.bytes())));
        Path authority = files.authority();
        if (authority != null) {
            TlsText trusted = TlsText.read(TlsFiles.AUTHORITY, authority);
            X509Certificate unused = trusted.certificate();
            options.setTrustOptions(new PemTrustOptions().addCertValue(Buffer.buffer(trusted.bytes())));
            options.setClientAuth(ClientAuth.REQUIRED);
        }
        return options;
    }

    /** What tells whether the files were changed or replaced, without reading them. */
    private List<String> state() {
        return files.all().map(ServerTls::state).toList();
    }

    private static String state(Path file) {
        try {
            BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
            return now.lastModifiedTime() + " " + now.size() + ' ' + now.fileKey();
        } catch (IOException e) {
            return "not there";
        }
    }
}
