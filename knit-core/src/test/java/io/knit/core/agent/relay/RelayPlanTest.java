package io.knit.core.agent.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.PortBinding;
import io.knit.api.model.Protocol;
import io.knit.core.agent.relay.RelayPlan.Holder;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RelayPlanTest {
    private static final RelayPlace HTTP = new RelayPlace("0.0.0.0", 80);

    private static PortBinding port(String ip, int hostPort, int containerPort) {
        return new PortBinding(ip, hostPort, containerPort, Protocol.TCP, true, false);
    }

    private static Holder holder(String instance, boolean runs) {
        return new Holder(instance, List.of(port("0.0.0.0", 80, 8080)), runs);
    }

    private static RelayTarget target(String instance) {
        return new RelayTarget(instance, "ip-" + instance, 8080, false);
    }

    private static Map<RelayPlace, List<RelayTarget>> plan(Set<String> well, Holder... holders) {
        return RelayPlan.of(List.of(holders), well::contains, it -> "ip-" + it);
    }

    @Test
    void onlyWhoRunsAndIsWellIsGivenConnections() {
        assertThat(plan(Set.of("a", "c"), holder("a", true), holder("b", true), holder("c", false)))
                .isEqualTo(Map.of(HTTP, List.of(target("a"))));
    }

    @Test
    void aPortIsHeldAsLongAsOneHasIt() {
        assertThat(plan(Set.of("a"), holder("a", false))).isEqualTo(Map.of(HTTP, List.of()));
        assertThat(plan(Set.of())).isEmpty();
    }

    @Test
    void oneOfWhichNoAddressIsKnownIsGivenNothing() {
        assertThat(RelayPlan.of(List.of(holder("a", true)), it -> true, it -> null))
                .isEqualTo(Map.of(HTTP, List.of()));
    }

    @Test
    void eachPortLeadsToItsOwn() {
        Holder two = new Holder(
                "a",
                List.of(port("::1", 80, 8080), new PortBinding("0:0:0:0:0:0:0:1", 443, 8443, Protocol.TCP, true, true)),
                true);
        assertThat(plan(Set.of("a"), two))
                .isEqualTo(Map.of(
                        new RelayPlace("0:0:0:0:0:0:0:1", 80),
                        List.of(target("a")),
                        new RelayPlace("0:0:0:0:0:0:0:1", 443),
                        List.of(new RelayTarget("a", "ip-a", 8443, true))));
    }

    @Test
    void theOneWithTheFewestIsNext() {
        List<RelayTarget> all = List.of(target("a"), target("b"), target("c"));
        Map<RelayTarget, Integer> open = Map.of(all.get(0), 2, all.get(1), 1, all.get(2), 1);

        assertThat(RelayPlan.next(all, open::get, Set.of(), 0)).isEqualTo(all.get(1));
        assertThat(RelayPlan.next(all, open::get, Set.of(), 2)).isEqualTo(all.get(2));
        assertThat(RelayPlan.next(all, open::get, Set.of(), Integer.MAX_VALUE)).isNotEqualTo(all.get(0));
        assertThat(RelayPlan.next(all, open::get, Set.copyOf(all.subList(1, 3)), 0))
                .isEqualTo(all.get(0));
        assertThat(RelayPlan.next(all, open::get, Set.copyOf(all), 0)).isNull();
        assertThat(RelayPlan.next(List.of(), open::get, Set.of(), 0)).isNull();
    }
}
