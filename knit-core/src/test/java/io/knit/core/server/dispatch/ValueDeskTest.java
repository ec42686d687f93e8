package io.knit.core.server.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.command.Caller;
import io.knit.api.command.Command;
import io.knit.api.command.Value;
import io.knit.api.command.Value.Content;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Order;
import io.knit.api.model.PartSpec;
import io.knit.api.model.PullPolicy;
import io.knit.api.model.SidecarSpec;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Decision;
import io.knit.core.server.value.KeyRing;
import io.knit.core.server.value.Sealing;
import io.knit.core.server.value.ValueCommands;
import io.knit.core.wire.Assignment;
import io.knit.core.wire.AssignmentSet;
import io.knit.core.wire.AssignmentsRequest;
import io.knit.core.wire.Prepare;
import io.knit.core.wire.ReadValue;
import io.knit.core.wire.ValuesPage;
import io.knit.core.wire.seal.SealKey;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Who is given what of values. */
class ValueDeskTest {
    private static final Instant NOW = Instant.parse("2026-11-28T08:00:00Z");
    private static final KeyRing KEYS = KeyRing.of(List.of(KeyRing.keyOf("key")));
    private static final String CHANCE = "fifty letters by chance, which nobody is able to guess";
    private static final SealKey AGENT = SealKey.made(CHANCE);

    private ClusterState state = ClusterState.empty("c1");
    private KeyRing present = KEYS;

    private void keep(Value.Kind kind, String name, String text) {
        Decision<Value> decision = ValueCommands.set(
                state,
                new Command.SetValue(kind, name, Content.of(text)),
                new Sealing(KEYS, CHANCE + name),
                new Caller("ann", Caller.Role.ADMIN, "here"),
                NOW);
        for (Change change : decision.changes()) {
            state = change.applyTo(state);
        }
    }

    private static Assignment order(String image, ReadValue... reads) {
        DeploymentSpec spec = DeploymentSpec.builder("web", image).build();
        return new Assignment("web-0", "web", 1, 0, Order.RUN, spec, "", List.of()).reading(List.of(reads));
    }

    private ValuesPage page(AssignmentSet set, @Nullable String sealTo, String... keys) {
        AssignmentsRequest request =
                new AssignmentsRequest(1, "c1", "n1", "id", null, null, null, null, List.of(keys), sealTo, null);
        return new ValueDesk(() -> new Sealing(present, CHANCE)).page(state, set, request, List.of(keys), 1 << 20);
    }

    private static String opened(ReadValue value) {
        byte[] box = Base64.getDecoder().decode(Objects.requireNonNull(value.body()));
        return new String(AGENT.open(value.about(), box), StandardCharsets.UTF_8);
    }

    @Test
    @DisplayName("a node is given what its own orders read, in that version, and nothing else that it asks for")
    void itsOwn() {
        keep(Value.Kind.SECRET, "db", "hush");
        keep(Value.Kind.SECRET, "other", "hush hush");
        AssignmentSet set = AssignmentSet.of(1, List.of(order("web:1", ReadValue.named("secret/db", 1))));
        ValuesPage page = page(set, AGENT.forServers(), "secret/db/1", "secret/other/1", "secret/db/2", "no key");
        assertThat(page.values()).extracting(ReadValue::key).containsExactly("secret/db/1");
        assertThat(opened(page.values().get(0))).isEqualTo("hush");
        assertThat(page.refused()).isEmpty();
    }

    @Test
    @DisplayName("the login of a registry is for nodes with an image of it, also one that is only made ready")
    void logins() {
        keep(Value.Kind.REGISTRY, "registry.example", "ci:hush");
        keep(Value.Kind.REGISTRY, "docker.io", "hub:hush");
        String key = ReadValue.login("registry.example").key();
        String hub = ReadValue.login("docker.io").key();
        AssignmentSet running = AssignmentSet.of(1, List.of(order("registry.example/web:1")));
        ValuesPage page = page(running, AGENT.forServers(), key, hub, "registry/registry.example/1");
        assertThat(page.values()).extracting(ReadValue::key).containsExactly(key);
        assertThat(opened(page.values().get(0))).isEqualTo("ci:hush");
        AssignmentSet ready = AssignmentSet.of(
                1,
                List.of(order("web:1")),
                List.of(new Prepare("web-1", 1, "Registry.example/web:2", PullPolicy.MISSING, null)));
        assertThat(page(ready, AGENT.forServers(), key, hub).values()).hasSize(2);
        assertThat(page(AssignmentSet.NONE, AGENT.forServers(), key, hub).values())
                .isEmpty();
        DeploymentSpec parted = DeploymentSpec.builder("web", "web:1")
                .initContainer(PartSpec.of("a", "registry.example/tool:1"))
                .build();
        AssignmentSet parts =
                AssignmentSet.of(1, List.of(new Assignment("web-0", "web", 1, 0, Order.RUN, parted, "", List.of())));
        assertThat(page(parts, AGENT.forServers(), key, hub).values()).hasSize(2);
        DeploymentSpec beside = DeploymentSpec.builder("web", "web:1")
                .sidecar(SidecarSpec.of("a", "registry.example/ship:1"))
                .build();
        AssignmentSet besides =
                AssignmentSet.of(1, List.of(new Assignment("web-0", "web", 1, 0, Order.RUN, beside, "", List.of())));
        assertThat(page(besides, AGENT.forServers(), key, hub).values()).hasSize(2);
        AssignmentSet readyParts = AssignmentSet.of(
                1,
                List.of(),
                List.of(new Prepare(
                        "web-1", 1, "web:2", PullPolicy.MISSING, null, List.of("registry.example/tool:1"))));
        assertThat(page(readyParts, AGENT.forServers(), key, hub).values()).hasSize(2);
    }

    @Test
    @DisplayName("without the agent's key or the server's it is refused in words")
    void refused() {
        keep(Value.Kind.REGISTRY, "registry.example", "ci:hush");
        String key = ReadValue.login("registry.example").key();
        AssignmentSet set = AssignmentSet.of(1, List.of(order("registry.example/web:1")));
        assertThat(page(set, null, key).refused()).containsOnlyKeys(key);
        assertThat(page(set, null, key).values()).isEmpty();
        present = KeyRing.NONE;
        assertThat(page(set, AGENT.forServers(), key).refused().get(key)).contains("key");
        assertThat(page(set, AGENT.forServers(), key).values()).isEmpty();
    }
}
