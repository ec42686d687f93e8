package io.knit.testkit.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.testkit.model.SlotModel.Bounds;
import io.knit.testkit.model.SlotModel.Broken;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

/** Every state that the assignment protocol's core can come to is looked at. {@code -Dknit.model=whole} has more go wrong at once, and takes minutes. */
class SlotModelTest {
    private static final boolean WHOLE = "whole".equals(System.getProperty("knit.model"));

    private static void holds(Bounds bounds) {
        Checker.Found found = Checker.check(new SlotModel(bounds));
        LoggerFactory.getLogger("model").warn("{}: {} states, {} steps", bounds, found.states(), found.steps());
        assertThat(found.fault()).as(() -> String.join("\n", found.trace())).isNull();
        assertThat(found.states()).isGreaterThan(1_000);
    }

    @ParameterizedTest(
            name =
                    "{0} updates, {1} nodes judged down, {2} agents killed, {3} restarts, {4} reboots, {5} lost, start first: {6}")
    @CsvSource({
        "1, 0, 1, 1, 0, 1, false",
        "0, 1, 1, 0, 0, 0, false",
        "1, 1, 0, 0, 0, 0, false",
        "1, 0, 0, 1, 1, 0, true"
    })
    @DisplayName("never two of one slot, nothing accepted is lost, and it settles")
    void holds(int updates, int downs, int crashes, int restarts, int reboots, int losses, boolean startFirst) {
        holds(new Bounds(updates, downs, crashes, restarts, reboots, losses, startFirst));
    }

    @Test
    @DisplayName("the same with all at once, in the nightly run")
    void holdsWhole() {
        if (WHOLE) {
            holds(new Bounds(1, 1, 1, 1, 1, 1, false));
            holds(new Bounds(1, 1, 1, 1, 1, 1, true));
            holds(new Bounds(0, 2, 1, 1, 1, 1, false));
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "AGENT_TAKES_LATE_ANSWERS, does not stay so",
        "SERVER_DOES_NOT_WAIT_FOR_THE_STOP, two containers",
        "SERVER_FORGETS_WHAT_IT_STOPS, two containers",
        "SERVER_ANSWERS_BEFORE_STORING, what was answered is lost",
        "AGENT_SAYS_IT_ONCE, never settles",
        "SERVER_KEEPS_BOTH, never settles",
        "AGENT_ASKS_ONCE, never settles"
    })
    @DisplayName("each rule is needed: without it, what happens then is found")
    void eachRuleIsNeeded(Broken rule, String fault) {
        int downs = rule == Broken.SERVER_KEEPS_BOTH ? 1 : 0;
        Checker.Found found = Checker.check(new SlotModel(new Bounds(1 - downs, downs, 0, 1, 0, 1, false), rule));
        LoggerFactory.getLogger("model").warn("{}: {}\n  {}", rule, found.fault(), String.join("\n  ", found.trace()));
        assertThat(found.fault()).contains(fault);
        assertThat(found.trace()).isNotEmpty();
    }
}
