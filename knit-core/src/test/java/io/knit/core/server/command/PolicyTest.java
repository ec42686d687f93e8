package io.knit.core.server.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knit.api.command.Caller;
import io.knit.api.command.Command;
import io.knit.api.command.TokenText;
import io.knit.api.command.Value;
import io.knit.api.command.Webhook;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.IsolationSpec;
import io.knit.api.model.NamedNetwork;
import io.knit.api.model.NetworkSpec;
import io.knit.api.model.NodeWish.Availability;
import io.knit.api.model.Resources;
import io.knit.api.model.SecretMount;
import io.knit.api.model.SidecarSpec;
import io.knit.api.model.VolumeSpec;
import io.knit.core.server.Fixtures;
import io.knit.core.server.history.Cause;
import io.knit.core.server.http.access.RightsTable;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Revision;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Who may what, of every command there is. */
class PolicyTest {
    static List<Command<?>> all() {
        return List.of(
                new Command.Deploy(
                        Fixtures.spec("web").registryAuth("me", "s3cret").build()),
                new Command.Undeploy("web"),
                new Command.RemoveVolume("web", "0", "data"),
                new Command.MoveSlot("web", "0", "n2"),
                new Command.CancelMove("web", "0"),
                new Command.Rollback("web", 3, null),
                new Command.Scale("web", 3, null),
                new Command.Restart("web", true, null),
                new Command.Pause("web", null),
                new Command.Resume("web", null),
                new Command.Promote("web", null),
                new Command.ForgetNode("n1"),
                new Command.SetAvailability("n1", Availability.DRAINED),
                new Command.SetAvailability("n1", Availability.DRAINED, Duration.ofMinutes(10)),
                new Command.Rebalance(10),
                new Command.LabelNode("n1", Map.of("rack", "7")),
                new Command.CreateToken("ci", TokenText.hash("s3cret"), Caller.Role.VIEWER, List.of("*"), null),
                new Command.RevokeToken("ci"),
                new Command.CreateWebhook(
                        "chat",
                        "https://a.example/s3cret",
                        List.of("*"),
                        List.of("*"),
                        false,
                        Webhook.Secret.of(new byte[32])),
                new Command.RemoveWebhook("chat"),
                new Command.SetValue(Value.Kind.SECRET, "db", Value.Content.of("s3cret")),
                new Command.RemoveValue(Value.Kind.FILE, "app.conf"),
                new Command.RotateSecrets());
    }

    @Test
    void noCommandIsLeftOut() {
        assertThat(all().stream().map(Object::getClass).collect(Collectors.<Class<?>>toSet()))
                .containsAll(commands(Command.class).toList());
    }

    private static Stream<Class<?>> commands(Class<?> type) {
        return type.isRecord()
                ? Stream.of(type)
                : Arrays.stream(Objects.requireNonNull(type.getPermittedSubclasses()))
                        .flatMap(PolicyTest::commands);
    }

    @ParameterizedTest
    @MethodSource("all")
    void itTakesAnOperatorAndIsRememberedWithoutSecrets(Command<?> command) {
        Caller eve = new Caller("eve", Caller.Role.VIEWER, "10.0.0.9");
        assertThatThrownBy(() -> Policy.check(command, eve))
                .hasMessageContaining("eve may not " + command.words())
                .isInstanceOfSatisfying(
                        KnitException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.FORBIDDEN));
        assertThatCode(() -> Policy.check(command, Caller.PROGRAM)).doesNotThrowAnyException();

        Cause cause = Cause.of(command, eve);
        assertThat(cause.toString()).doesNotContain("s3cret").doesNotContain(TokenText.hash("s3cret"));
        assertThat(cause.details()).containsKey("kind");
        String about = cause.deployment() == null ? cause.node() : cause.deployment();
        if (!command.subject().matches("(deployment|node)/.*")) {
            assertThat(about).as("it is about none of them").isNull();
        } else {
            assertThat(about).isEqualTo(command.subject().replaceFirst(".*/", ""));
        }
    }

    /** Of a name, by the word in the table of the docs. */
    private static Command<?> command(String row, String name) {
        DeploymentSpec plain = Fixtures.spec(name).build();
        return switch (row.split(" ", 2)[0]) {
            case "Deploy" ->
                new Command.Deploy(
                        row.contains("much") ? Fixtures.spec(name).preempt(true).build() : plain);
            case "Undeploy" -> new Command.Undeploy(name);
            case "RemoveVolume" -> new Command.RemoveVolume(name, "0", "data");
            case "MoveSlot" -> new Command.MoveSlot(name, "0", "n2");
            case "CancelMove" -> new Command.CancelMove(name, "0");
            case "Rollback" -> new Command.Rollback(name, row.contains("much") ? 1 : 2, null);
            case "Scale" -> new Command.Scale(name, 3, null);
            case "Restart" -> new Command.Restart(name, true, null);
            case "Pause" -> new Command.Pause(name, null);
            case "Resume" -> new Command.Resume(name, null);
            case "Promote" -> new Command.Promote(name, null);
            default ->
                all().stream()
                        .filter(each -> each.getClass().getSimpleName().equals(row))
                        .findFirst()
                        .orElseThrow();
        };
    }

    /** Each deployment's first revision asks much, its second does not. */
    private static ClusterState state() {
        ClusterState state = ClusterState.empty("c");
        for (String name : List.of("web", "db")) {
            DeploymentSpec much = Fixtures.spec(name).noNewPrivileges(false).build();
            DeploymentSpec plain = Fixtures.spec(name).build();
            for (int number = 1; number <= 3; number++) {
                state = new Change.PutRevision(Revision.of(number, number == 1 ? much : plain)).applyTo(state);
            }
        }
        return state;
    }

    static Stream<Arguments> cells() throws IOException {
        List<Arguments> cells = new ArrayList<>();
        RightsTable.table("commands").forEach((row, columns) -> {
            for (Caller.Role role : Caller.Role.values()) {
                RightsTable.of(role).forEach(who -> cells.add(Arguments.of(row, who, columns.get(role.ordinal()))));
            }
        });
        return cells.stream();
    }

    @ParameterizedTest(name = "{0}: {1}: {2}")
    @MethodSource("cells")
    void eachCell(String row, RightsTable.Who who, String cell) {
        Caller caller = Objects.requireNonNull(who.caller());
        ThrowingCallable check = () -> Policy.check(command(row, who.target()), caller, state());
        if (who.may(cell)) {
            assertThatCode(check).doesNotThrowAnyException();
        } else {
            assertThatThrownBy(check)
                    .isInstanceOfSatisfying(
                            KnitException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.FORBIDDEN));
        }
    }

    @Test
    void noCommandIsWithoutARow() throws IOException {
        assertThat(RightsTable.table("commands").keySet().stream().map(row -> row.split(" ", 2)[0]))
                .containsAll(commands(Command.class).map(Class::getSimpleName).toList());
    }

    static Stream<Arguments> privileges() {
        return Stream.of(
                Arguments.of(
                        "no_new_privileges: false",
                        Fixtures.spec("web").noNewPrivileges(false).build()),
                Arguments.of(
                        "resources.pids: unlimited",
                        Fixtures.spec("web")
                                .resources(new Resources(Resources.UNLIMITED))
                                .build()),
                Arguments.of(
                        "privileged",
                        Fixtures.spec("web")
                                .isolation(isolation(true, "NET_RAW"))
                                .build()),
                Arguments.of(
                        "cap:NET_ADMIN",
                        Fixtures.spec("web")
                                .isolation(isolation(false, "CAP_NET_ADMIN"))
                                .build()),
                Arguments.of(
                        "network:host",
                        Fixtures.spec("web")
                                .network(new NetworkSpec(NetworkSpec.HOST, "", List.of(), List.of()))
                                .build()),
                Arguments.of("priority: 51", Fixtures.spec("web").priority(51).build()),
                Arguments.of("preempt: true", Fixtures.spec("web").preempt(true).build()));
    }

    private static IsolationSpec isolation(boolean privileged, String added) {
        return new IsolationSpec(privileged, List.of(added), List.of(), List.of(), List.of(), Map.of());
    }

    @ParameterizedTest
    @CsvSource({
        "shop-*, shop.db_password, true",
        "shop-*, shop-db.key, true",
        "shop-*, shop2.x, false",
        "shop-*, other, false",
        "shop-*, .shop, false",
        "shop-web, shop.web, true",
        "shop-web, shop.Web, true",
        "shop-web, shop.db, false",
        "shop-db-password, shop.db_password, true",
        "*, any.thing, true"
    })
    void whatIsCalledAsAStacksOwnIsReadByWhoDeploysTheStack(String pattern, String secret, boolean may) {
        Caller caller = new Caller("ci", Caller.Role.DEPLOYER, "here", List.of(pattern));
        assertThat(Policy.mayRead(caller, secret)).isEqualTo(may);
        String name = pattern.replace("*", "app");
        DeploymentSpec spec = Fixtures.spec(name).secret(SecretMount.of(secret)).build();
        ThrowingCallable deployed = () -> Policy.check(new Command.Deploy(spec), caller);
        if (may) {
            assertThatCode(deployed).doesNotThrowAnyException();
        } else {
            assertThatThrownBy(deployed).hasMessageContaining("it reads secret " + secret);
        }
    }

    private static NetworkSpec on(String network, String... aliases) {
        return new NetworkSpec("", "", List.of(), List.of(), List.of(new NamedNetwork(network, List.of(aliases))));
    }

    @Test
    void nobodyAnswersForOthersWhomHeIsNotFor() {
        DeploymentSpec db = Fixtures.spec("shop-db")
                .stack("shop")
                .network(on("shop_default"))
                .build();
        ClusterState state = Fixtures.state(List.of(), List.of(Fixtures.deployment(1, db)), List.of());
        Caller web = new Caller("ci", Caller.Role.DEPLOYER, "here", List.of("web-*"));
        Caller both = new Caller("ci", Caller.Role.DEPLOYER, "here", List.of("web-*", "shop-*"));
        DeploymentSpec plain = Fixtures.spec("web-x").build();
        DeploymentSpec inStack = Fixtures.spec("web-x").stack("shop").build();
        DeploymentSpec onNetwork =
                Fixtures.spec("web-x").network(on("shop_default", "db")).build();
        DeploymentSpec own =
                Fixtures.spec("web-x").stack("web").network(on("web_default")).build();
        assertThatThrownBy(() -> Policy.check(new Command.Deploy(inStack), web, state))
                .hasMessageContaining("others are in the stack shop, for whom it would answer there")
                .hasMessageNotContaining("shop-db");
        assertThatThrownBy(() -> Policy.check(new Command.Deploy(onNetwork), web, state))
                .hasMessageContaining("others are in the network shop_default");
        for (DeploymentSpec each : List.of(plain, own)) {
            assertThatCode(() -> Policy.check(new Command.Deploy(each), web, state))
                    .doesNotThrowAnyException();
        }
        for (DeploymentSpec each : List.of(inStack, onNetwork)) {
            assertThatCode(() -> Policy.check(new Command.Deploy(each), both, state))
                    .doesNotThrowAnyException();
            ClusterState back = new Change.PutRevision(Revision.of(3, each)).applyTo(state);
            Caller admin = new Caller("ann", Caller.Role.ADMIN, "here", List.of("web-*"));
            assertThatThrownBy(() -> Policy.check(new Command.Rollback("web-x", 3, null), admin, back))
                    .hasMessageContaining("others are in");
            ClusterState there = new Change.PutDeployment(Fixtures.deployment(1, each)).applyTo(state);
            assertThatCode(() -> Policy.check(new Command.Deploy(each), web, there))
                    .as("where somebody put it")
                    .doesNotThrowAnyException();
        }
        ClusterState there = new Change.PutDeployment(Fixtures.deployment(1, onNetwork)).applyTo(state);
        DeploymentSpec more = Fixtures.spec("web-x")
                .network(on("shop_default", "db", "cache"))
                .build();
        assertThatThrownBy(() -> Policy.check(new Command.Deploy(more), web, there))
                .as("with another alias")
                .hasMessageContaining("others are in the network shop_default");
        ClusterState going =
                Fixtures.state(List.of(), List.of(Fixtures.deployment(1, db).asDeleting()), List.of());
        assertThatCode(() -> Policy.check(new Command.Deploy(inStack), web, going))
                .doesNotThrowAnyException();
    }

    @Test
    void nobodySharesAVolumeOfWhatHeIsNotFor() {
        Caller web = new Caller("ci", Caller.Role.DEPLOYER, "here", List.of("web-*"));
        Caller both = new Caller("ci", Caller.Role.DEPLOYER, "here", List.of("web-*", "app"));
        ClusterState state = Fixtures.state(List.of(), List.of(), List.of());
        DeploymentSpec sharing = Fixtures.spec("web-x")
                .sidecar(SidecarSpec.of("log", "ship:1").with(VolumeSpec.shared("app", "data", "/data")))
                .build();
        assertThatThrownBy(() -> Policy.check(new Command.Deploy(sharing), web, state))
                .hasMessageContaining("it shares the volume data of app, and ");
        Caller admin = new Caller("ann", Caller.Role.ADMIN, "here", List.of("web-*"));
        ClusterState back = new Change.PutRevision(Revision.of(3, sharing)).applyTo(state);
        assertThatThrownBy(() -> Policy.check(new Command.Rollback("web-x", 3, null), admin, back))
                .hasMessageContaining("it shares the volume data of app");
        assertThatCode(() -> Policy.check(new Command.Deploy(sharing), both, state))
                .doesNotThrowAnyException();
    }

    /** A stack's names are led to by its aliases, whatever network they stand at. */
    @Test
    void withANewAliasNobodyAnswersInAStackForOthersWhomHeIsNotFor() {
        Caller web = new Caller("ci", Caller.Role.DEPLOYER, "here", List.of("web-*"));
        DeploymentSpec db = Fixtures.spec("shop-db").stack("shop").build();
        DeploymentSpec plain = Fixtures.spec("web-x").stack("shop").build();
        DeploymentSpec alone =
                Fixtures.spec("web-x").stack("shop").network(on("web_own")).build();
        DeploymentSpec named = Fixtures.spec("web-x")
                .stack("shop")
                .network(on("web_own", "db"))
                .build();
        DeploymentSpec moved = Fixtures.spec("web-x")
                .stack("shop")
                .network(on("web_other", "db"))
                .build();
        ClusterState there = Fixtures.state(
                List.of(), List.of(Fixtures.deployment(1, db), Fixtures.deployment(1, plain)), List.of());
        assertThatCode(() -> Policy.check(new Command.Deploy(alone), web, there))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> Policy.check(new Command.Deploy(named), web, there))
                .hasMessageContaining("others are in the stack shop, for whom it would answer there");
        ClusterState back = new Change.PutRevision(Revision.of(3, named)).applyTo(there);
        assertThatThrownBy(() -> Policy.check(new Command.Rollback("web-x", 3, null), web, back))
                .hasMessageContaining("others are in the stack shop");
        ClusterState has = new Change.PutDeployment(Fixtures.deployment(1, named)).applyTo(there);
        for (DeploymentSpec each : List.of(named, moved, alone, plain)) {
            assertThatCode(() -> Policy.check(new Command.Deploy(each), web, has))
                    .as("by no name that it does not have")
                    .doesNotThrowAnyException();
        }
    }

    private static DeploymentSpec hosted(String name, String host, NamedNetwork... networks) {
        return Fixtures.spec(name)
                .network(new NetworkSpec("", host, List.of(), List.of(), List.of(networks)))
                .build();
    }

    @Test
    void byAnotherHostNameNobodyAnswersOnANetworkForOthersWhomHeIsNotFor() {
        Caller web = new Caller("ci", Caller.Role.DEPLOYER, "here", List.of("web-*"));
        NamedNetwork shop = new NamedNetwork("shop", List.of("site"));
        NamedNetwork own = new NamedNetwork("web_own", List.of());
        DeploymentSpec db = hosted("shop-db", "", new NamedNetwork("shop", List.of("db")));
        ClusterState there = Fixtures.state(
                List.of(),
                List.of(
                        Fixtures.deployment(1, db),
                        Fixtures.deployment(1, hosted("web-x", "front", shop, own)),
                        Fixtures.deployment(1, hosted("web-y", "", own))),
                List.of());
        for (String host : List.of("db", "DB", "db.shop.knit")) {
            DeploymentSpec asDb = hosted("web-x", host, shop, own);
            assertThatThrownBy(() -> Policy.check(new Command.Deploy(asDb), web, there))
                    .hasMessageContaining("others are in the network shop, for whom it would answer there");
            ClusterState back = new Change.PutRevision(Revision.of(3, asDb)).applyTo(there);
            assertThatThrownBy(() -> Policy.check(new Command.Rollback("web-x", 3, null), web, back))
                    .hasMessageContaining("others are in the network shop");
            assertThatCode(() -> Policy.check(
                            new Command.Deploy(asDb), new Caller("ci", Caller.Role.DEPLOYER, "here"), there))
                    .doesNotThrowAnyException();
        }
        for (DeploymentSpec each : List.of(
                hosted("web-x", "front", shop, own),
                hosted("web-x", "Front", shop),
                hosted("web-x", "", shop),
                hosted("web-x", "site", shop),
                hosted("web-x", "web-x", shop),
                hosted("web-x", "db", own),
                hosted("web-y", "db", own))) {
            assertThatCode(() -> Policy.check(new Command.Deploy(each), web, there))
                    .as("by no name that it does not have there")
                    .doesNotThrowAnyException();
        }
    }

    @Test
    void whatAServerGrantsOfHostsEverybodyWhoDeploysMayAsk() {
        Caller deployer = new Caller("ci", Caller.Role.DEPLOYER, "here");
        DeploymentSpec much =
                Fixtures.spec("web").isolation(isolation(true, "NET_ADMIN")).build();
        ClusterState state = new Change.PutRevision(Revision.of(1, much)).applyTo(ClusterState.empty("c"));
        for (Command<?> command : List.of(new Command.Deploy(much), new Command.Rollback("web", 1, null))) {
            assertThatThrownBy(() -> Policy.check(command, deployer, state, List.of("privileged")))
                    .hasMessageContaining(
                            "cap:NET_ADMIN is asked for: that takes the role admin, and ci has deployer, or a server started with"
                                    + " --allow-host-access cap:NET_ADMIN");
            assertThatCode(() -> Policy.check(command, deployer, state, List.of("privileged", "cap:NET_ADMIN")))
                    .doesNotThrowAnyException();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("privileges")
    void whatADeploymentAsksOfHostsTakesAnAdmin(String asked, DeploymentSpec spec) {
        Caller deployer = new Caller("ci", Caller.Role.DEPLOYER, "here");
        assertThatThrownBy(() -> Policy.check(new Command.Deploy(spec), deployer))
                .hasMessageStartingWith("ci may not deploy web: " + asked + " is asked for: that takes the role admin");
        Caller admin = new Caller("ann", Caller.Role.ADMIN, "here", List.of("web"));
        assertThatCode(() -> Policy.check(new Command.Deploy(spec), admin)).doesNotThrowAnyException();
        assertThatCode(() ->
                        Policy.check(new Command.Deploy(Fixtures.spec("web").build()), deployer))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource({
        "*, web, true",
        "*, x, true",
        "web, web, true",
        "web, web-1, false",
        "web-*, web-1, true",
        "web-*, web-, true",
        "web-*, web, false",
        "*-eu, web-eu, true",
        "*-eu, web-eu-1, false",
        "a*b*c, a-b-b-c, true",
        "a*b*c, a-c-b, false",
        "**, x, true",
        "*a*a*a*a*a*b, aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, false"
    })
    void patterns(String pattern, String name, boolean matches) {
        assertThat(new Caller("a", Caller.Role.VIEWER, "b", List.of(pattern)).isFor(name))
                .isEqualTo(matches);
    }
}
