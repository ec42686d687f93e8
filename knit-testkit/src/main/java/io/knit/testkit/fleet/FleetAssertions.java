package io.knit.testkit.fleet;

import io.knit.api.model.Node;
import org.assertj.core.api.Condition;

/** To be imported statically, beside AssertJ's own. */
public final class FleetAssertions {
    private FleetAssertions() {}

    public static FleetAssert assertThat(TestFleet fleet) {
        return new FleetAssert(fleet);
    }

    /** A node with this label. */
    public static Condition<Node> label(String key, String value) {
        return new Condition<>(
                node -> value.equals(node.labels().get(key)), "a node with the label " + key + "=" + value);
    }

    /** The node with this id. */
    public static Condition<Node> node(String id) {
        return new Condition<>(node -> id.equals(node.id()), "the node " + id);
    }
}
