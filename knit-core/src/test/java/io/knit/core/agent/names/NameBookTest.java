package io.knit.core.agent.names;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.NamedNetwork;
import io.knit.api.model.PortBinding;
import io.knit.api.model.Protocol;
import io.knit.api.spi.runtime.ContainerSnapshot;
import io.knit.api.spi.runtime.ContainerState;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.core.template.TemplateModel.ServicePort;
import io.knit.core.wire.NamedDeployment;
import io.knit.core.wire.NamedInstance;
import io.knit.core.wire.NamesPage;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Where a name leads, as an agent sees it. */
class NameBookTest {
    private static final String STRANGER = "172.17.0.99";

    private final LocalInstances local = new LocalInstances();
    private final NameBook book = new NameBook("n1", local, own -> !own.contains(":"));

    private static NamedInstance instance(String id, String deployment, int node, PortBinding... ports) {
        return new NamedInstance(id, deployment, "n" + node, "10.54.0." + node, List.of(ports));
    }

    private static PortBinding port(String ip, int host, int container, Protocol protocol) {
        return new PortBinding(ip, host, container, protocol);
    }

    private void hold(List<NamedDeployment> deployments, NamedInstance... instances) {
        book.take(HeldNames.NONE.with(
                new NamesPage(1, "here", null, "d", deployments, List.of(instances), List.of(), List.of(), null)));
    }

    private Optional<NameBook.Found> find(String name) {
        return find(name, STRANGER, 1);
    }

    private Optional<NameBook.Found> find(String name, String asker, long seed) {
        return book.find(name.isEmpty() ? List.of() : List.of(name.split("\\.")), asker, new SplittableRandom(seed));
    }

    private List<String> addresses(String name) {
        return find(name).orElseThrow().addresses();
    }

    private static final List<NamedDeployment> SHOP = List.of(
            new NamedDeployment("web", "", List.of()),
            new NamedDeployment("idle", "", List.of()),
            new NamedDeployment("shop-db", "shop", List.of("db", "Database")),
            new NamedDeployment("shop-cache", "shop", List.of("store")),
            new NamedDeployment("shop-files", "shop", List.of("store")),
            new NamedDeployment("other-db", "other", List.of("db")));

    @Test
    @DisplayName(
            "a deployment by its name, a stack's by service, alias and whole name, an instance by its id; others are no names")
    void names() {
        hold(
                SHOP,
                instance("web-0", "web", 2),
                instance("db-0", "shop-db", 3),
                instance("cache-0", "shop-cache", 4),
                instance("files-0", "shop-files", 5),
                instance("odb-0", "other-db", 6));

        assertThat(addresses("web")).containsExactly("10.54.0.2");
        for (String name : List.of("db.shop", "database.shop", "shop-db.shop", "shop-db", "db-0.shop-db")) {
            assertThat(addresses(name)).as(name).containsExactly("10.54.0.3");
        }
        assertThat(addresses("db.other")).containsExactly("10.54.0.6");
        assertThat(addresses("store.shop")).containsExactlyInAnyOrder("10.54.0.4", "10.54.0.5");
        for (String name : List.of("", "idle", "shop")) {
            assertThat(find(name)).as(name).contains(NameBook.Found.NOTHING);
        }
        for (String name :
                List.of("db", "web.shop", "nothing", "db-0", "db-0.web", "a.b.c", "db.shop.x", "", "store")) {
            assertThat(name.isEmpty() ? Optional.empty() : find(name)).as(name).isEmpty();
        }
    }

    @Test
    @DisplayName("those on this node come first, the others in an order that chance gives, all of them in the end")
    void nearestFirst() {
        NamedInstance[] all = IntStream.range(0, 100)
                .mapToObj(i -> instance("web-" + i, "web", i + 1))
                .toArray(NamedInstance[]::new);
        hold(SHOP, all);
        TreeSet<String> seen = new TreeSet<>();
        for (int seed = 0; seed < 100; seed++) {
            List<String> found = find("web", STRANGER, seed).orElseThrow().addresses();
            assertThat(found).hasSize(NameBook.MOST).startsWith("10.54.0.1").doesNotHaveDuplicates();
            assertThat(find("web", STRANGER, seed).orElseThrow().addresses()).isEqualTo(found);
            seen.addAll(found);
        }
        assertThat(seen).hasSize(100);
    }

    @Test
    @DisplayName("what the agent knows of its own instances goes before the table")
    void localFirst() {
        hold(SHOP, instance("web-0", "web", 1), instance("web-1", "web", 2));
        assertThat(addresses("web")).containsExactly("10.54.0.1", "10.54.0.2");
        local.told("web-0", false);
        // what is not here is not the agent's to say
        local.told("web-1", false);
        assertThat(addresses("web")).containsExactly("10.54.0.2");
        assertThat(find("web-0.web")).isEmpty();
        local.told("web-0", true);
        assertThat(addresses("web")).hasSize(2);
    }

    private static ContainerSnapshot container(String instance, ContainerState state, @Nullable String address) {
        return new ContainerSnapshot(
                instance, instance, state, Map.of(KnitLabels.INSTANCE, instance), null, 0, address, null);
    }

    @Test
    @DisplayName("what makes an instance ready asks as the instance does, and nobody is led to it")
    void parts() {
        hold(SHOP, instance("web-0", "web", 1), instance("db-0", "shop-db", 1));
        ContainerSnapshot part = new ContainerSnapshot(
                "p",
                "p",
                ContainerState.RUNNING,
                Map.of(KnitLabels.INSTANCE, "web-0", KnitLabels.PART, "migrate"),
                null,
                0,
                "172.18.0.7",
                null);
        local.seen(List.of(part, container("db-0", ContainerState.RUNNING, "172.18.0.2")), instance -> "shop");
        assertThat(find("db.shop", "172.18.0.7", 1).orElseThrow().addresses()).containsExactly("172.18.0.2");
        assertThat(find("web", "172.18.0.2", 1).orElseThrow().addresses()).containsExactly("10.54.0.1");
    }

    @Test
    @DisplayName(
            "a word is what the asker's search list makes of it: of its own stack first, and of nobody who is not known")
    void words() {
        hold(SHOP, instance("web-0", "web", 1), instance("db-0", "shop-db", 2), instance("odb-0", "other-db", 3));
        local.seen(
                List.of(
                        container("files-0", "shop-files", "172.17.0.4"),
                        container("odb-0", "other-db", "172.17.0.5"),
                        container("web-0", "web", "172.17.0.6")),
                instance -> "");
        assertThat(word("db", "172.17.0.4")).contains("10.54.0.2");
        assertThat(word("database", "172.17.0.4")).contains("10.54.0.2");
        assertThat(word("db", "172.17.0.5")).contains("10.54.0.3");
        assertThat(word("web", "172.17.0.5")).contains("172.17.0.6");
        assertThat(word("idle", "172.17.0.5")).as("there, and nowhere").contains("");
        assertThat(word("db", "172.17.0.6")).as("of no stack").isEmpty();
        assertThat(word("shop", "172.17.0.4")).as("no deployment").isEmpty();
        assertThat(word("web", STRANGER)).isEmpty();
    }

    private Optional<String> word(String name, String asker) {
        return book.word(name, asker, new SplittableRandom(1)).map(found -> String.join(" ", found.addresses()));
    }

    private static ContainerSnapshot container(String instance, String deployment, String address) {
        return new ContainerSnapshot(
                instance,
                instance,
                ContainerState.RUNNING,
                Map.of(KnitLabels.INSTANCE, instance, KnitLabels.DEPLOYMENT, deployment),
                null,
                0,
                address,
                null);
    }

    private static NamedDeployment on(String name, String stack, NamedNetwork... networks) {
        List<String> aliases =
                Stream.of(networks).flatMap(it -> it.aliases().stream()).toList();
        return new NamedDeployment(name, stack, aliases, List.of(networks));
    }

    private static NamedNetwork network(String name, String... aliases) {
        return new NamedNetwork(name, List.of(aliases));
    }

    private static final String GATE = "172.18.0.2";
    private static final String LONE = "172.18.0.3";
    private static final String DB = "172.18.0.4";
    private static final String PLAIN = "172.17.0.9";

    /** A proxy of one stack and what another one has behind it, on one network; somebody of no stack is on it, too. */
    private void shared() {
        hold(
                List.of(
                        on("proxy-gate", "proxy", network("proxy_default", "gate"), network("edge", "gate")),
                        on("proxy-log", "proxy", network("proxy_default", "log")),
                        on("app-web", "app", network("edge", "web", "Front"), network("app_default", "inner")),
                        on("app-db", "app", network("app_default", "db", "log")),
                        on("far-web", "far", network("elsewhere", "web", "hidden")),
                        on("lone", "", network("own", "lone"), network("edge", "log", "lone")),
                        on("near", "", network("own", "front")),
                        on("other", "", network("own", "near")),
                        on("web", ""),
                        on("log", "")),
                instance("gate-0", "proxy-gate", 1),
                instance("plog-0", "proxy-log", 2),
                instance("aweb-0", "app-web", 3),
                instance("db-0", "app-db", 4),
                instance("fweb-0", "far-web", 5),
                instance("lone-0", "lone", 6),
                instance("near-0", "near", 7),
                instance("other-0", "other", 10),
                instance("web-0", "web", 8, port("10.54.0.8", 80, 80, Protocol.TCP)),
                instance("log-0", "log", 9));
        local.seen(
                List.of(
                        container("gate-0", "proxy-gate", GATE),
                        container("lone-1", "lone", LONE),
                        container("db-1", "app-db", DB),
                        container("web-1", "web", PLAIN)),
                instance -> "");
    }

    @Test
    @DisplayName("who shares a network is found by what it is called there, wherever it runs: after those of the own"
            + " stack, before a deployment of that name, and by nobody who is not on it")
    void sharedNetworks() {
        shared();
        assertThat(word("front", GATE)).contains("10.54.0.3");
        assertThat(word("app-web", GATE)).contains("10.54.0.3");
        assertThat(word("web", GATE)).as("before the deployment").contains("10.54.0.3");
        assertThat(word("log", GATE)).as("the own stack's").contains("10.54.0.2");
        assertThat(word("lone", GATE)).contains("10.54.0.6");
        assertThat(word("gate", LONE)).contains("172.18.0.2");
        assertThat(word("front", LONE)).as("on the first of its networks").contains("10.54.0.7");
        assertThat(word("near", LONE).orElseThrow().split(" "))
                .as("by name and alias")
                .containsExactlyInAnyOrder("10.54.0.7", "10.54.0.10");
        assertThat(word("web", PLAIN)).contains("10.54.0.8");
        assertThat(word("log", PLAIN)).contains("10.54.0.9");
        for (String other : List.of("inner", "db", "hidden", "nothing")) {
            assertThat(word(other, GATE)).as(other).isEmpty();
        }
        assertThat(word("gate", DB)).as("on another network").isEmpty();
        assertThat(word("front", PLAIN)).as("on none").isEmpty();
    }

    @Test
    @DisplayName("so it is for who looks in his search list alone, for SRV and for files")
    void sharedNetworksSearched() {
        shared();
        assertThat(find("front.proxy", GATE, 1).orElseThrow().addresses()).containsExactly("10.54.0.3");
        assertThat(find("front", LONE, 1).orElseThrow().addresses()).containsExactly("10.54.0.7");
        assertThat(find("front.proxy")).as("of a stranger").isEmpty();
        assertThat(find("gate.app", DB, 1)).as("on another network").isEmpty();
        assertThat(find("front.far", GATE, 1)).as("not its stack").isEmpty();
        assertThat(find("front", GATE, 1)).as("not first in its list").isEmpty();
        assertThat(find("_80._tcp.front.proxy", GATE, 1)).contains(NameBook.Found.NOTHING);
        assertThat(find("_80._tcp.front.proxy")).isEmpty();

        hold(
                List.of(
                        on("proxy-gate", "proxy", network("edge", "gate")),
                        on("app-web", "app", network("edge", "front"))),
                instance("aweb-0", "app-web", 3, port("10.54.0.3", 80, 80, Protocol.TCP)));
        assertThat(find("_80._tcp.front.proxy", GATE, 1).orElseThrow().services())
                .hasSize(1);
        assertThat(book.endpoints("front", "proxy-gate", null))
                .extracting(Endpoint::instance)
                .containsExactly("aweb-0");
        assertThat(book.endpoints("front", "asks", null)).isEmpty();
    }

    @Test
    @DisplayName("who leaves a network, or goes, is not found by it any more; an older server tells of no network")
    void leavesANetwork() {
        shared();
        HeldNames all = book.held();
        book.take(all.with(new NamesPage(
                1, "here", "d", "e", List.of(on("app-web", "app")), List.of(), List.of(), List.of(), null)));
        assertThat(word("front", GATE)).isEmpty();
        assertThat(word("web", GATE)).contains("10.54.0.8");
        book.take(all.with(
                new NamesPage(1, "here", "d", "e", List.of(), List.of(), List.of("app-web", "lone"), List.of(), null)));
        assertThat(word("front", GATE)).isEmpty();
        assertThat(word("lone", GATE)).isEmpty();
        assertThat(word("gate", GATE)).contains("172.18.0.2");
    }

    @Test
    @DisplayName("who is on several networks is known by any of its addresses, and given what is on its first")
    void severalNetworks() {
        hold(SHOP, instance("web-0", "web", 1), instance("db-0", "shop-db", 1));
        ContainerSnapshot web = new ContainerSnapshot(
                "w",
                "w",
                ContainerState.RUNNING,
                Map.of(KnitLabels.INSTANCE, "web-0"),
                null,
                0,
                "172.19.0.2",
                null,
                null,
                List.of("172.18.0.2", "172.19.0.2"));
        local.seen(List.of(web, container("db-0", ContainerState.RUNNING, "172.19.0.3")), instance -> "shop");
        for (String asker : web.addresses()) {
            assertThat(find("db.shop", asker, 1).orElseThrow().addresses())
                    .as(asker)
                    .containsExactly("172.19.0.3");
        }
        assertThat(find("web", "172.19.0.3", 1).orElseThrow().addresses()).containsExactly("172.19.0.2");
    }

    @Test
    @DisplayName("who is being stopped, of which no spec says where, is where it was, as long as its container runs")
    void whileStopping() {
        hold(SHOP, instance("web-0", "web", 1), instance("db-0", "shop-db", 1));
        ContainerSnapshot web = container("web-0", "shop-web", "172.18.0.2");
        ContainerSnapshot db = container("db-0", "shop-db", "172.18.0.3");
        local.seen(List.of(web, db), instance -> "shop");
        for (int look = 0; look < 2; look++) {
            local.seen(List.of(web, db), instance -> instance.equals("web-0") ? null : "shop");
            assertThat(find("db.shop", "172.18.0.2", 1).orElseThrow().addresses())
                    .containsExactly("172.18.0.3");
        }
        local.seen(List.of(db), instance -> "shop");
        local.seen(List.of(web, db), instance -> instance.equals("web-0") ? null : "shop");
        assertThat(find("db.shop", "172.18.0.2", 1).orElseThrow().addresses()).containsExactly("10.54.0.1");
    }

    @Test
    @DisplayName("who shares a network on this node is given the container's own address, others the node's")
    void direct() {
        hold(
                SHOP,
                instance("web-0", "web", 1),
                instance("db-0", "shop-db", 1),
                new NamedInstance("cache-0", "shop-cache", "n1", null, List.of()));
        local.seen(
                List.of(
                        container("web-0", ContainerState.RUNNING, "172.17.0.2"),
                        container("db-0", ContainerState.RUNNING, "172.18.0.2"),
                        container("cache-0", ContainerState.RUNNING, "172.18.0.3"),
                        container("old-0", ContainerState.EXITED, "172.17.0.4")),
                instance -> instance.startsWith("web") || instance.startsWith("old") ? "" : "shop");
        assertThat(find("web", "172.17.0.2", 1).orElseThrow().addresses()).containsExactly("172.17.0.2");
        assertThat(find("web", "172.17.0.4", 1).orElseThrow().addresses()).containsExactly("10.54.0.1");
        assertThat(find("web", "172.18.0.3", 1).orElseThrow().addresses()).containsExactly("10.54.0.1");
        assertThat(find("db.shop", "172.18.0.3", 1).orElseThrow().addresses()).containsExactly("172.18.0.2");
        assertThat(find("cache.shop", "172.17.0.2", 1).orElseThrow().addresses())
                .containsExactly("172.18.0.3");
    }

    @Test
    @DisplayName(
            "one of which other nodes reach nothing is found on its own node alone, by any name; the name is there all the same")
    void nothingForOthers() {
        NamedInstance away = new NamedInstance("web-1", "web", "n2", null, List.of());
        NamedInstance here = new NamedInstance("web-0", "web", "n1", null, List.of());
        hold(SHOP, away);
        assertThat(find("web")).contains(NameBook.Found.NOTHING);
        assertThat(find("web-1.web")).contains(NameBook.Found.NOTHING);
        assertThat(book.endpoints("web", "asks", null)).isEmpty();
        hold(SHOP, away, here, instance("web-2", "web", 3));
        local.seen(List.of(container("web-0", ContainerState.RUNNING, "172.17.0.2")), instance -> "");
        assertThat(addresses("web")).containsExactly("172.17.0.2", "10.54.0.3");
        assertThat(addresses("web-0.web")).containsExactly("172.17.0.2");
    }

    @Test
    @DisplayName("where the mesh leads to containers, others are told their own addresses and ports, also of"
            + " what is not published")
    void routed() {
        NamedInstance away = new NamedInstance(
                "web-1",
                "web",
                "n2",
                "10.54.0.2",
                List.of(port("10.54.0.2", 20_001, 80, Protocol.TCP), port("127.0.0.1", 20_002, 53, Protocol.UDP)),
                "10.210.2.9");
        NamedInstance here = new NamedInstance("web-0", "web", "n1", "10.54.0.1", List.of(), "10.210.1.9");
        hold(List.of(new NamedDeployment("web", "", List.of())), away, here);
        assertThat(addresses("web")).containsExactly("10.54.0.1", "10.210.2.9");
        assertThat(addresses("web-1.web")).containsExactly("10.210.2.9");
        assertThat(find("_80._tcp.web").orElseThrow().services())
                .containsExactly(new NameBook.Service(1, 80, "web-1.web.knit", "10.210.2.9"));
        assertThat(find("_53._udp.web").orElseThrow().services())
                .containsExactly(new NameBook.Service(3, 53, "web-1.web.knit", "10.210.2.9"));
        assertThat(book.endpoints("web", "asks", null))
                .containsExactly(new Endpoint(
                        "web-1",
                        "n2",
                        "10.210.2.9",
                        List.of(new ServicePort(80, 80, Protocol.TCP), new ServicePort(53, 53, Protocol.UDP))));

        NameBook apart = new NameBook("n3", local, own -> false);
        apart.take(book.held());
        assertThat(apart.find(List.of("web-1", "web"), STRANGER, new SplittableRandom(1))
                        .orElseThrow()
                        .addresses())
                .as("from where the mesh leads to no container")
                .containsExactly("10.54.0.2");
        assertThat(apart.endpoints("web", "asks", null))
                .containsExactly(
                        new Endpoint("web-1", "n2", "10.54.0.2", List.of(new ServicePort(20_001, 80, Protocol.TCP))));
    }

    @Test
    @DisplayName(
            "a container is known by each of its addresses, also one of IPv6, and the first is where its host reaches it")
    void manyAddresses() {
        hold(SHOP, instance("web-0", "web", 1), instance("db-0", "shop-db", 1));
        ContainerSnapshot plain = container("web-0", ContainerState.RUNNING, "172.17.0.2");
        ContainerSnapshot both = new ContainerSnapshot(
                plain.id(),
                plain.name(),
                plain.state(),
                plain.labels(),
                null,
                0,
                "172.17.0.2",
                null,
                null,
                List.of("172.18.0.9", "172.17.0.2", "fd00:210:1::2"));
        local.seen(List.of(both, container("db-0", ContainerState.RUNNING, "172.17.0.3")), instance -> "");
        assertThat(local.addresses("web-0")).containsExactly("172.17.0.2", "172.18.0.9", "fd00:210:1::2");
        assertThat(local.addresses("none-0")).isEmpty();
        assertThat(find("db.shop", "fd00:210:1::2", 1).orElseThrow().addresses())
                .containsExactly("172.17.0.3");
    }

    @Test
    @DisplayName("an own address of a kind to which the mesh does not lead from here is told to nobody")
    void otherKind() {
        NamedInstance away = new NamedInstance(
                "web-1",
                "web",
                "n2",
                "10.54.0.2",
                List.of(port("10.54.0.2", 20_001, 80, Protocol.TCP)),
                "fd00:210:2::9");
        hold(List.of(new NamedDeployment("web", "", List.of())), away);
        assertThat(addresses("web")).containsExactly("10.54.0.2");
        assertThat(book.endpoints("web", "asks", null))
                .containsExactly(
                        new Endpoint("web-1", "n2", "10.54.0.2", List.of(new ServicePort(20_001, 80, Protocol.TCP))));
    }

    @Test
    void aPortIsThereHoweverItsAddressIsSpelled() {
        hold(
                SHOP,
                new NamedInstance(
                        "web-0-a", "web", "n1", "fd00::1", List.of(port("FD00:0:0::1", 8080, 80, Protocol.TCP))));

        assertThat(find("_80._tcp.web").orElseThrow().services()).hasSize(1);
    }

    @Test
    @DisplayName(
            "services by the container's port, or all in their order; only what is published where the" + " address is")
    void services() {
        hold(
                SHOP,
                instance(
                        "web-0",
                        "web",
                        2,
                        port("10.54.0.2", 8080, 80, Protocol.TCP),
                        port("0.0.0.0", 8443, 443, Protocol.TCP),
                        port("127.0.0.1", 9000, 9000, Protocol.TCP),
                        port("::", 9001, 9001, Protocol.TCP),
                        port("10.54.0.2", 53, 53, Protocol.UDP)),
                instance("web-1", "web", 1, port("10.54.0.1", 8081, 80, Protocol.TCP)));
        assertThat(find("_http._tcp.web").orElseThrow().services())
                .containsExactlyInAnyOrder(
                        new NameBook.Service(1, 8080, "web-0.web.knit", "10.54.0.2"),
                        new NameBook.Service(3, 8443, "web-0.web.knit", "10.54.0.2"),
                        new NameBook.Service(0, 8081, "web-1.web.knit", "10.54.0.1"));
        assertThat(find("_443._tcp.web").orElseThrow().services())
                .containsExactly(new NameBook.Service(3, 8443, "web-0.web.knit", "10.54.0.2"));
        assertThat(find("_dns._udp.web").orElseThrow().services())
                .extracting(NameBook.Service::port)
                .containsExactly(53);
        Stream.of("_1._tcp.web", "_tcp.web", "_x._y.web", "_http._tcp.idle", "_http._tcp.shop")
                .forEach(name -> assertThat(find(name)).as(name).contains(NameBook.Found.NOTHING));
        Stream.of("_http._tcp.nothing", "_http._tcp.web.shop", "_a._b._c.web")
                .forEach(name -> assertThat(find(name)).as(name).isEmpty());
    }
}
