package io.knit.core.rules.node;

import io.knit.api.model.Constraint;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What a node must be like, read once to be asked of many nodes. Equal if the same is asked. Immutable. */
public interface Match {
    static Match of(Constraint constraint) {
        return new ConstraintMatch(constraint);
    }

    /** All that a spec asks of a node: the selector, which is the short form, the constraints, and the platforms of its containers. */
    static List<Match> allOf(DeploymentSpec spec) {
        List<Match> all = new ArrayList<>();
        spec.nodeSelector().forEach((key, value) -> all.add(of(Constraint.equal(key, value))));
        spec.constraints().forEach(constraint -> all.add(of(constraint)));
        PlatformMatch.addAllOf(spec, all);
        return all;
    }

    /** Whether a text is something that {@code >} and {@code <} compare with, under this key. */
    static boolean isMagnitude(String key, String value) {
        boolean version = key.equals(NodeFact.ENGINE.key()) || Magnitude.isOnlyVersion(value);
        return Magnitude.of(value, version) != null;
    }

    /** Whether it is an address, or a network such as {@code 10.54.0.0/24}. */
    static boolean isNetwork(String value) {
        return Cidr.of(value) != null;
    }

    /** The label or fact that it asks for. */
    String key();

    /** Whether it asks for a label with one of some values, by which nodes are found without being asked. */
    boolean isOfLabelValues();

    /** The values of {@code =} and {@code in}. */
    Set<String> values();

    boolean meets(Node node);

    /** What is against a node that does not meet it, as the end of "n1 …". */
    String against(Node node);
}
