package io.knit.plugin.nats;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.spi.KnitPlugin;
import io.knit.api.spi.PluginConfig;
import io.knit.api.spi.PluginContext;
import io.knit.api.spi.PluginFactory;
import io.knit.api.spi.Role;
import io.knit.api.spi.transport.Transport;
import io.knit.plugin.nats.access.AgentKey;
import io.knit.plugin.nats.access.KnitAccess;
import io.knit.plugin.nats.access.NatsLogin;
import io.knit.plugin.nats.access.NatsTls;
import io.knit.plugin.nats.access.PeerWatch;
import io.knit.plugin.nats.broker.EmbeddedNats;
import io.knit.plugin.nats.broker.EmbeddedNatsBuilder;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The transport named {@code nats}.
 *
 * <table>
 * <caption>Settings</caption>
 * <tr><td>{@code nats-url}</td><td>where NATS is, one address or several with commas between them. An agent's is
 *     {@code nats://127.0.0.1:4222} if not given; a server that is given one starts no broker</td></tr>
 * <tr><td>{@code nats-addr}</td><td>where a server's own broker listens, {@code 127.0.0.1:4222} if not given</td></tr>
 * <tr><td>{@code join-token}</td><td>on a server with a broker of its own: whoever is not known yet needs it; on an agent: shows that it
 *     has it</td></tr>
 * <tr><td>{@code nats-monitor-addr}</td><td>where a server's own broker answers questions over HTTP; nowhere if not
 *     given</td></tr>
 * <tr><td>{@code nats-tls-cert}, {@code nats-tls-key}</td><td>PEM files: a server's own broker shows this certificate and insists on
 *     TLS; whoever connects to a NATS shows it where that asks for one</td></tr>
 * <tr><td>{@code nats-tls-ca}</td><td>PEM file: a server's own broker lets in only clients with a certificate of this authority;
 *     whoever connects to a NATS trusts only servers of this authority</td></tr>
 * </table>
 *
 * <p>A server's or agent's start does not wait for an outside NATS: it may come later.
 */
public final class NatsPlugin implements KnitPlugin {
    static final String URL = "nats-url";
    static final String ADDRESS = "nats-addr";
    static final String MONITOR_ADDRESS = "nats-monitor-addr";
    static final String JOIN_TOKEN = "join-token";
    private static final String DEFAULT_URL = "nats://127.0.0.1:4222";
    private static final String DEFAULT_ADDRESS = "127.0.0.1:4222";
    /** Agents speak every few seconds, so only those are pinged that are silent: a host that is gone without a word is taken for gone within a minute. */
    private static final Duration PING_INTERVAL = Duration.ofSeconds(15);

    @Override
    public List<PluginFactory<?>> factories() {
        return List.of(new TransportFactory());
    }

    private static final class TransportFactory implements PluginFactory<Transport> {
        @Override
        public Class<Transport> spi() {
            return Transport.class;
        }

        @Override
        public String name() {
            return "nats";
        }

        @Override
        public Future<Transport> create(PluginConfig config, PluginContext context) {
            // what is wrong with the settings fails the future, as everything else does
            return Future.succeededFuture().compose(nothing -> open(config, context));
        }
    }

    private static Future<Transport> open(PluginConfig config, PluginContext context) {
        boolean ownBroker = context.role() == Role.SERVER && config.get(URL).isEmpty();
        if (config.get(MONITOR_ADDRESS).isPresent() && !ownBroker) {
            return Future.failedFuture(new KnitException(
                    ErrorCode.INVALID_CONFIGURATION,
                    MONITOR_ADDRESS + " is about a server's own broker, and here is none; ask the NATS that " + URL
                            + " names, or leave one of them out"));
        }
        if (ownBroker) {
            return withBroker(config, context);
        }
        return addresses(config, context)
                .compose(addresses ->
                        login(addresses, config, context).map(login -> outside(addresses, login, context)));
    }

    private static Future<NatsAddresses> addresses(PluginConfig config, PluginContext context) {
        NatsAddresses addresses = NatsAddresses.parse(URL, config.get(URL, DEFAULT_URL));
        NatsTls tls = NatsTls.of(config);
        return tls.isGiven() || addresses.wantTls()
                ? context.vertx().executeBlocking(tls::client, false).map(addresses::over)
                : Future.succeededFuture(addresses);
    }

    private static Future<NatsLogin> login(NatsAddresses addresses, PluginConfig config, PluginContext context) {
        if (context.role() == Role.SERVER) {
            return Future.succeededFuture(NatsLogin.asAddressed());
        }
        if (addresses.haveCredentials()) {
            return Future.succeededFuture(NatsLogin.ofAgentAsAddressed(context.name()));
        }
        return context.vertx()
                .executeBlocking(() -> AgentKey.of(context.dataDir()), false)
                .map(key -> {
                    NatsTransport.LOG.info("This agent's public key for NATS is {}", key.publicKey());
                    return NatsLogin.ofAgent(context.name(), key, config.get(JOIN_TOKEN));
                });
    }

    private static Transport outside(NatsAddresses addresses, NatsLogin login, PluginContext context) {
        NatsTransport transport = transport(context, addresses, login, null);
        // completes whenever NATS is there: nobody waits for it
        transport.connect().onFailure(closed -> NatsTransport.LOG.debug("Closed before NATS was there"));
        return transport;
    }

    private static Future<Transport> withBroker(PluginConfig config, PluginContext context) {
        ListenAddress address = ListenAddress.parse(ADDRESS, config.get(ADDRESS, DEFAULT_ADDRESS));
        PeerWatch peers = new PeerWatch();
        KnitAccess access = new KnitAccess(config.get(JOIN_TOKEN));
        EmbeddedNatsBuilder builder = EmbeddedNats.builder()
                .address(address.host(), address.port())
                .access(access)
                .pingInterval(PING_INTERVAL)
                .onClient(peers);
        config.get(MONITOR_ADDRESS)
                .map(text -> ListenAddress.parse(MONITOR_ADDRESS, text))
                .ifPresent(at -> builder.monitoring(at.host(), at.port()));
        NatsTls.of(config).broker().ifPresent(builder::tls);
        return builder.start().compose(nats -> connect(new NatsTransport.OwnBroker(nats, access, peers), context));
    }

    private static Future<Transport> connect(NatsTransport.OwnBroker own, PluginContext context) {
        NatsAddresses plain = NatsAddresses.parse(ADDRESS, own.nats().localUrl());
        NatsAddresses addresses = plain.wantTls() ? plain.over(own.nats().clientTls()) : plain;
        NatsTransport transport = transport(context, addresses, own.access().login(), own);
        return transport.connect().map(transport);
    }

    private static NatsTransport transport(
            PluginContext context, NatsAddresses addresses, NatsLogin login, NatsTransport.@Nullable OwnBroker own) {
        ReconnectDelay delay =
                new ReconnectDelay(() -> ThreadLocalRandom.current().nextDouble());
        return new NatsTransport(context.vertx(), addresses, context.name(), login, delay, own);
    }
}
