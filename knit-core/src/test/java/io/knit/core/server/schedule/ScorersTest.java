package io.knit.core.server.schedule;

import static io.knit.core.server.Fixtures.NOW;
import static io.knit.core.server.Fixtures.node;
import static io.knit.core.server.Fixtures.on;
import static io.knit.core.server.Fixtures.pending;
import static io.knit.core.server.Fixtures.spec;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.embed.Scorer;
import io.knit.api.model.Constraint;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.Preference;
import io.knit.core.server.schedule.fleet.Fleet;
import io.knit.core.server.schedule.fleet.RandomFleet;
import io.knit.core.server.schedule.wish.Scorers;
import io.knit.core.server.schedule.wish.Scorers.Weighed;
import io.knit.core.server.schedule.wish.Wish;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class ScorersTest {
    private static final Instance WEB = pending("web-0-x", "web", 1, 0);
    private static final DeploymentSpec PLAIN = spec("web").build();

    /** n2 is what is taken where nobody likes one more than the other. */
    private static Fleet two(Weighed... scorers) {
        return Fleet.EMPTY
                .with(node("n1", Map.of("disk", "ssd")))
                .with(node("n2", Map.of()))
                .scoredBy(new Scorers(List.of(scorers)));
    }

    private static Scorer likes(String id) {
        return (spec, node) -> node.id().equals(id) ? 100 : 0;
    }

    private static String taken(Fleet fleet, DeploymentSpec spec) {
        return Objects.requireNonNull(Scheduler.place(fleet, WEB, spec, NOW).node());
    }

    private static DeploymentSpec wanting(int weight) {
        return spec("web")
                .prefer(new Preference("disk", Constraint.Op.EQUAL, "ssd", List.of(), weight))
                .build();
    }

    @Test
    void whoIsLikedMoreIsTaken() {
        assertThat(taken(two(new Weighed("own", 1, likes("n1"))), PLAIN)).isEqualTo("n1");
        assertThat(taken(two(new Weighed("own", 1, likes("n2"))), PLAIN)).isEqualTo("n2");
    }

    @Test
    void itIsWeighedWithWhatTheSpecPrefers() {
        Weighed own = new Weighed("own", 50, likes("n2"));

        assertThat(taken(two(own), wanting(49))).isEqualTo("n2");
        assertThat(taken(two(own), wanting(51))).isEqualTo("n1");
        assertThat(taken(two(own, new Weighed("other", 2, likes("n2"))), wanting(51)))
                .isEqualTo("n2");
    }

    @Test
    void nearWhomItIsToBeIsWeighedWithTheRest() {
        Fleet beside = two().with(null, on("n1", pending("db-0-x", "db", 1, 0), InstanceState.RUNNING));
        DeploymentSpec near = spec("web").near("none", "db").build();

        assertThat(taken(beside, PLAIN)).isEqualTo("n2");
        assertThat(taken(beside, near)).isEqualTo("n1");
        assertThat(taken(two(), near)).as("nobody is there").isEqualTo("n2");
        assertThat(taken(beside.scoredBy(new Scorers(List.of(new Weighed("own", 99, likes("n2"))))), near))
                .isEqualTo("n1");
        assertThat(taken(
                        beside.scoredBy(new Scorers(
                                List.of(new Weighed("own", 99, likes("n2")), new Weighed("other", 2, likes("n2"))))),
                        near))
                .isEqualTo("n2");
    }

    @Test
    void whoStopsOrIsReplacedIsNobodysNeighbour() {
        Instance db = on("n1", pending("db-0-x", "db", 1, 0), InstanceState.RUNNING);
        DeploymentSpec near = spec("web").near("db").build();

        assertThat(taken(two().with(null, db.stopping("", NOW)), near)).isEqualTo("n2");
        assertThat(taken(two().with(null, db.staying("db-0-y")), near)).isEqualTo("n2");
    }

    @Test
    void itIsSaidNearWhomItIs() {
        Fleet beside = two().with(null, on("n1", pending("db-0-x", "db", 1, 0), InstanceState.RUNNING))
                .with(null, on("n1", pending("cache-0-x", "cache", 1, 0), InstanceState.RUNNING))
                .with(null, on("n2", pending("queue-0-x", "queue", 1, 0), InstanceState.RUNNING));

        assertThat(said(beside, spec("web").near("db", "mail").build()))
                .isEqualTo("has db, near which it is to be, and n2 has none of that");
        assertThat(said(beside, spec("web").near("db", "cache", "queue").build()))
                .isEqualTo("has db, cache, near which it is to be, and n2 has queue");
        DeploymentSpec both = spec("web")
                .near("db")
                .prefer(new Preference("disk", Constraint.Op.EQUAL, "ssd", List.of(), 7))
                .build();
        assertThat(said(beside, both))
                .isEqualTo("is liked with 107, and n2 with 0: preferences 7 and 0, near 100 and 0");
    }

    private static String said(Fleet fleet, DeploymentSpec spec) {
        List<Candidate> candidates = Candidate.of(fleet, WEB, spec, NOW);
        return candidates.get(0).against(candidates.get(1), "web", "");
    }

    @Test
    void aScoreCountsByItsPart() {
        Weighed half = new Weighed("half", 50, (spec, node) -> node.id().equals("n2") ? 50 : 0);

        assertThat(taken(two(half), wanting(24))).isEqualTo("n2");
        assertThat(taken(two(half), wanting(26))).isEqualTo("n1");
    }

    @Test
    void whatIsBeyondCountsAsTheNearest() {
        Weighed much = new Weighed("much", 10, (spec, node) -> node.id().equals("n2") ? Integer.MAX_VALUE : -1_000_000);

        assertThat(taken(two(much), wanting(9))).isEqualTo("n2");
        assertThat(taken(two(much), wanting(11))).isEqualTo("n1");
    }

    @Test
    void oneThatThrowsCountsNothing() {
        Weighed bad = new Weighed("bad", 100, (spec, node) -> {
            if (node.id().equals("n1")) {
                return 100;
            }
            throw new AssertionError("for the test");
        });

        assertThat(taken(two(), PLAIN)).isEqualTo("n2");
        assertThat(taken(two(bad), PLAIN)).isEqualTo("n1");
    }

    @Test
    void nobodyIsPlacedWhereItDoesNotFit() {
        DeploymentSpec onSsd = spec("web").nodeSelector("disk", "ssd").build();

        assertThat(taken(two(new Weighed("own", 100, likes("n2"))), onSsd)).isEqualTo("n1");
    }

    @Test
    void itSaysWhoLikedWhat() {
        Fleet fleet = two(new Weighed("quiet", 40, likes("n2")), new Weighed("near", 10, likes("n1")));
        List<Candidate> candidates = Candidate.of(fleet, WEB, wanting(5), NOW);

        assertThat(candidates).extracting(Candidate::node).containsExactly("n2", "n1");
        assertThat(candidates.get(0).against(candidates.get(1), "web", ""))
                .isEqualTo("is liked with 40, and n1 with 15: preferences 0 and 5, scorer quiet 40 and 0,"
                        + " scorer near 0 and 10");
    }

    @Test
    void whoIsTakenIsTheBestOfTheCandidatesInAnyFleet() {
        int compared = 0;
        int tipped = 0;
        for (int seed = 0; seed < 1500; seed++) {
            RandomFleet world = new RandomFleet(seed);
            DeploymentSpec spec = world.anySpec();
            Instance instance = world.anyGroup(spec).get(0);
            int salt = seed;
            Scorers scorers = new Scorers(List.of(new Weighed(
                    "any", 60, (of, node) -> Math.floorMod((node.id() + salt).hashCode(), 101))));
            Fleet fleet = world.fleet().scoredBy(scorers);
            Placement placement = Scheduler.place(fleet, instance, spec, NOW);
            if (placement.node() == null || Wish.of(instance, spec, NOW).isDrawn()) {
                continue;
            }
            List<Candidate> candidates = Candidate.of(fleet, instance, spec, NOW);
            Candidate taken = candidates.stream()
                    .filter(candidate -> candidate.node().equals(placement.node()))
                    .findFirst()
                    .orElseThrow();
            assertThat(candidates).as("seed %s: %s", seed, taken).noneMatch(other -> other.isBetterThan(taken));
            compared += candidates.size() - 1;
            boolean isOther = !placement
                    .node()
                    .equals(Scheduler.place(world.fleet(), instance, spec, NOW).node());
            tipped += isOther ? 1 : 0;
        }
        assertThat(compared).isGreaterThan(500);
        assertThat(tipped).isGreaterThan(50);
    }
}
