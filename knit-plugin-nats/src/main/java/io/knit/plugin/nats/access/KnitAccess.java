package io.knit.plugin.nats.access;

import io.knit.api.spi.transport.PeerClaim;
import io.knit.api.spi.transport.PeerRights;
import io.knit.plugin.nats.broker.access.Authenticator;
import io.knit.plugin.nats.broker.access.Claim;
import io.knit.plugin.nats.broker.access.Limits;
import io.knit.plugin.nats.broker.access.Permissions;
import io.knit.plugin.nats.broker.access.User;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * Who may use a server's own broker: the server, by a secret that lives as long as this process, and agents with a key whom the
 * server lets in. Whoever comes before the server can judge waits, for as long as the broker waits for anybody. Thread-safe.
 */
public final class KnitAccess implements Authenticator {
    /** The server's user; no node can have this name. */
    static final String SERVER = "$knit-server";

    /**
     * Far above what an agent needs (five subscriptions, a heartbeat every few seconds, what its instances do and its streams, one connection and
     * perhaps an older one whose end was not noticed yet), and far below what would harm the others.
     */
    static final Limits OF_AN_AGENT = new Limits(4, 64, 16L * 1024 * 1024, 2000);

    private static final int SECRET_BYTES = 32;
    /** A name that is put into subjects must be one token of them and nothing more. */
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9_-]{1,64}");

    private final String secret = newSecret();
    private final Optional<String> joinToken;
    private final Promise<Function<PeerClaim, Future<Optional<PeerRights>>>> judge = Promise.promise();

    public KnitAccess(Optional<String> joinToken) {
        this.joinToken = joinToken;
    }

    private static String newSecret() {
        byte[] bytes = new byte[SECRET_BYTES];
        new SecureRandom().nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** How the server itself comes in. */
    public NatsLogin login() {
        return NatsLogin.ofServer(secret);
    }

    /** Has agents judged; the first judge stays. */
    public void judgeBy(Function<PeerClaim, Future<Optional<PeerRights>>> who) {
        judge.tryComplete(who);
    }

    @Override
    public Future<Optional<User>> authenticate(Claim claim) {
        if (claim.user().equals(SERVER)) {
            return Future.succeededFuture(
                    isSecret(claim.password())
                            ? Optional.of(new User(SERVER, Permissions.ALL, Limits.NONE, true))
                            : Optional.empty());
        }
        String name = claim.clientName();
        if (claim.key().isEmpty() || !TOKEN.matcher(name).matches()) {
            return Future.succeededFuture(Optional.empty());
        }
        boolean invited = joinToken
                .filter(token -> JoinProof.holds(claim.token(), token, claim.key()))
                .isPresent();
        PeerClaim peer = new PeerClaim(name, claim.key(), invited, claim.address());
        return judge.future()
                .compose(who -> who.apply(peer))
                .map(rights -> rights.map(may -> new User(name, permissions(name, may), OF_AN_AGENT)));
    }

    private boolean isSecret(String password) {
        return MessageDigest.isEqual(
                secret.getBytes(StandardCharsets.UTF_8), password.getBytes(StandardCharsets.UTF_8));
    }

    private static Permissions permissions(String name, PeerRights rights) {
        return Permissions.builder()
                .publish(rights.publish().toArray(String[]::new))
                .subscribe(rights.subscribe().toArray(String[]::new))
                .subscribe(NatsLogin.inboxOf(name) + '>')
                .build();
    }
}
