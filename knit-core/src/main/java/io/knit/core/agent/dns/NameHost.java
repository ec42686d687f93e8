package io.knit.core.agent.dns;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.NetworkSpec;
import io.knit.api.spi.loop.IdSource;
import io.knit.api.spi.loop.Loop;
import io.knit.api.spi.runtime.Bridge;
import io.knit.api.spi.runtime.BridgesAbility;
import io.knit.api.spi.runtime.ContainerResolver;
import io.knit.api.spi.runtime.ContainerRuntime;
import io.knit.core.agent.names.NameBook;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has containers of this node ask the agent for names: on the address that the host has on the engine's bridge, and nowhere else. Where that can't be, containers ask whom they would
 * have asked, and it is tried again now and then. Only on the loop, but for what is asked.
 */
public final class NameHost {
    private static final Logger LOG = LoggerFactory.getLogger(NameHost.class);
    private static final Duration AGAIN = Duration.ofSeconds(30);
    /** So often it is looked whether an address that is not known is on a network that came meanwhile. */
    private static final Duration LOOK = Duration.ofSeconds(1);

    private final Loop loop;
    private final ContainerRuntime runtime;
    private final DnsSockets sockets;
    private final Path resolvConf;
    private final NameBook book;
    private final NameServer server;
    private volatile Subnets subnets = Subnets.NONE;
    /** This host's own programs ask, too; what comes from outside in its name, no system lets in. */
    private volatile Set<String> own = Set.of();

    private volatile @Nullable String address;
    private HostResolvers host = HostResolvers.NONE;
    private DnsSockets.@Nullable Hearing hearing;
    private @Nullable Promise<Void> looking;
    private @Nullable Duration looked;
    private String cluster = "";
    private final Consumer<String> told;
    private String trouble = "";
    private boolean stopped;

    /** @param told why containers here can't ask, whenever that is another thing than before; empty: they can */
    public NameHost(
            Loop loop,
            ContainerRuntime runtime,
            DnsSockets sockets,
            NameBook book,
            IdSource ids,
            Path resolvConf,
            Consumer<String> told) {
        this.loop = loop;
        this.runtime = runtime;
        this.sockets = sockets;
        this.resolvConf = resolvConf;
        this.told = told;
        this.book = book;
        this.server = new NameServer(book, sockets, ids, it -> it.equals(address));
    }

    /** Succeeds when it is known whether it can be. */
    public Future<Void> start(@Nullable String known) {
        joined(known);
        return tryNow();
    }

    /** Containers of this cluster ask. */
    public void joined(@Nullable String known) {
        cluster = known == null ? "" : known;
    }

    public Future<Void> stop() {
        stopped = true;
        return close();
    }

    private Future<Void> close() {
        DnsSockets.Hearing open = hearing;
        hearing = null;
        address = null;
        return open == null ? Future.succeededFuture() : open.close();
    }

    /** Why containers here can't ask it, in words; empty: they can, or it is not known yet. */
    public String trouble() {
        return trouble;
    }

    /** Whom a container of the spec is to ask; empty: whom it would ask anyway. */
    public Optional<ContainerResolver> resolver(DeploymentSpec spec) {
        String here = address;
        NetworkSpec network = spec.network();
        boolean apart =
                network.network().equals(NetworkSpec.HOST) || network.network().equals(NetworkSpec.NONE);
        if (here == null || apart || !network.dns().isEmpty()) {
            return Optional.empty();
        }
        List<String> servers = new ArrayList<>(List.of(here));
        if (!network.networks().isEmpty()) {
            // there the engine asks one after the other, and so goes on while this agent is away; a container that asks
            // all at once
            // would take for the answer that a name is not known
            host.servers().stream().filter(it -> !isLoopback(it)).forEach(servers::add);
        }
        List<String> search = new ArrayList<>();
        String stack = book.stack(spec.name());
        if (!stack.isEmpty()) {
            search.add(stack + "." + NameBook.ROOT);
        }
        search.add(NameBook.ROOT);
        search.addAll(host.search());
        return Optional.of(new ContainerResolver(servers, search));
    }

    private static boolean isLoopback(String ip) {
        return ip.startsWith("127.") || ip.equals("::1");
    }

    private Future<Void> tryNow() {
        return readHost().compose(read -> look()).compose(seen -> hear()).onComplete(any -> {
            if (!stopped) {
                loop.after(AGAIN, () -> {
                    if (!stopped) {
                        tryNow().onFailure(why -> LOG.debug("names are not heard: {}", why.getMessage()));
                    }
                });
            }
        });
    }

    private Future<Void> readHost() {
        return loop.blocking(() -> HostResolvers.of(Files.readString(resolvConf)))
                .otherwise(HostResolvers.NONE)
                .map(read -> {
                    host = read;
                    server.use(read);
                    return null;
                });
    }

    /** At which networks containers are now; one look at a time. */
    private Future<Void> look() {
        if (looking != null) {
            return looking.future();
        }
        if (!(runtime instanceof BridgesAbility bridges)) {
            return Future.succeededFuture();
        }
        Promise<Void> begun = Promise.promise();
        looking = begun;
        looked = loop.elapsed();
        loop.bring(bridges.bridges(cluster))
                .map(Subnets::of)
                .onSuccess(found -> subnets = found)
                .onFailure(why -> LOG.debug("the engine does not say its networks: {}", why.getMessage()))
                .transform(any -> loop.blocking(sockets::ownAddresses))
                .onSuccess(found -> own = found)
                .onComplete(any -> {
                    looking = null;
                    begun.complete();
                });
        return begun.future();
    }

    private Future<Void> hear() {
        Optional<String> wanted = subnets.bridges().stream().findFirst().map(Bridge::gateway);
        if (stopped || wanted.isEmpty() || wanted.get().equals(address)) {
            return Future.succeededFuture();
        }
        String at = wanted.get();
        return close().transform(closed -> loop.bring(sockets.hear(at, DnsSockets.PORT, this::answer)))
                .compose(open -> {
                    if (stopped) {
                        return open.close();
                    }
                    hearing = open;
                    address = at;
                    if (!trouble.isEmpty()) {
                        trouble = "";
                        told.accept(trouble);
                    }
                    LOG.info("answers containers' questions for names at {}", at);
                    return Future.<Void>succeededFuture();
                })
                .recover(why -> {
                    String words = "containers here can't ask the agent for names, for it can't be heard at " + at + ":"
                            + DnsSockets.PORT + ": " + why.getMessage();
                    if (!words.equals(trouble)) {
                        trouble = words;
                        told.accept(words);
                        LOG.warn(
                                "{}; they ask whom the engine names, and find each other on their own node alone",
                                words);
                    }
                    return Future.succeededFuture();
                });
    }

    private boolean isNear(String asker) {
        return subnets.have(asker) || own.contains(asker);
    }

    /** On any thread. Only who is on a network of the engine, or on this host, is answered. */
    private Future<Optional<byte[]>> answer(byte[] query, String asker, boolean whole) {
        if (isNear(asker)) {
            return server.answer(query, asker, whole);
        }
        Promise<Optional<byte[]>> later = Promise.promise();
        loop.execute(() -> {
            boolean again = looked == null || loop.elapsed().minus(looked).compareTo(LOOK) >= 0 || looking != null;
            (again ? look() : Future.<Void>succeededFuture())
                    .compose(any -> isNear(asker)
                            ? server.answer(query, asker, whole)
                            : Future.succeededFuture(Optional.<byte[]>empty()))
                    .onComplete(later);
        });
        return later.future();
    }
}
