package io.knit.bench.placing;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.Instance;
import io.knit.api.model.Node;
import io.knit.core.server.schedule.fit.Opening;
import io.knit.core.server.schedule.fit.Waiting;
import io.knit.core.server.schedule.fleet.Fleet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What the bench measures, in small and by counting work, which is the same on every machine. */
class PlacingBenchTest {
    @Test
    void eachNodeOfTheZoneIsAskedOnceForEachDeployment() {
        BenchFleet fleet = new BenchFleet(400, 20, 10);
        fleet.placeAll();

        assertThat(fleet.placed()).hasSize(200);
        // 40 nodes in a zone, 20 of them with an SSD, which every fourth deployment wants
        assertThat(fleet.asked()).isEqualTo(15 * 40 + 5 * 20);
    }

    @Test
    void twiceAsManyOntoTwiceAsManyAskTwiceAsManyNodesForEachGroup() {
        BenchFleet once = new BenchFleet(400, 20, 10);
        BenchFleet twice = new BenchFleet(800, 40, 10);
        once.placeAll();
        twice.placeAll();

        assertThat(twice.asked()).isEqualTo(4 * once.asked());
    }

    @Test
    void allNodesGetAboutAsMany() {
        BenchFleet fleet = new BenchFleet(100, 40, 5);
        fleet.placeAll();
        Map<String, Integer> perNode = new TreeMap<>();
        fleet.placed().forEach(instance -> perNode.merge(String.valueOf(instance.node()), 1, Integer::sum));

        assertThat(perNode).hasSize(100);
        // two each; one more or less where a deployment wants an SSD
        assertThat(perNode.values()).allSatisfy(count -> assertThat(count).isBetween(1, 3));
    }

    @Test
    void newsChangeNoAccountAndWakeNobodyWhoFitsNowhere() {
        BenchFleet fleet = new BenchFleet(200, 10, 10);
        fleet.placeAll();
        List<Waiting> waiting = fleet.thatFitNowhere(50);
        Instance instance = fleet.placed().get(0);

        assertThat(fleet.changedByNews()).isZero();
        assertThat(Opening.of(instance, instance.because("news"), Fleet.EMPTY).isNone())
                .isTrue();
        assertThat(PlacingBench.woken(waiting, Opening.of(instance, null, Fleet.EMPTY)))
                .isZero();
        assertThat(PlacingBench.woken(waiting, Opening.of((Node) null, BenchFleet.node(201))))
                .isZero();
    }
}
