package io.knit.api.command;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentView;
import io.knit.api.model.Node;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a caller wants changed. Immutable; what comes of it is decided on the newest state when it is its turn.
 *
 * @param <A> what it is answered with
 */
public sealed interface Command<A> {
    /**
     * What it is about, as {@code deployment/web}. Commands of one caller about the same thing take effect in the order in which they
     * were given, also if nobody waits for the answers.
     */
    String subject();

    /** For people, as {@code deploy web}; no secret is in it. */
    String words();

    /**
     * Makes a deployment, or a new revision of it if the spec differs from the present one.
     *
     * @param ifRevision the revision that the deployment must have when it is decided, 0: there must be none of this name; else it fails with
     *     {@code REVISION_CHANGED} and nothing is changed. Null: whatever it has
     */
    record Deploy(DeploymentSpec spec, @Nullable Integer ifRevision) implements Command<DeploymentView> {
        public Deploy {
            Objects.requireNonNull(spec, "spec");
        }

        /** Whatever revision it has. */
        public Deploy(DeploymentSpec spec) {
            this(spec, null);
        }

        @Override
        public String subject() {
            return "deployment/" + spec.name();
        }

        @Override
        public String words() {
            return "deploy " + spec.name();
        }
    }

    /**
     * Stops all instances of a deployment and then forgets it.
     *
     * @param ifRevision as in {@link Deploy}
     */
    record Undeploy(String name, @Nullable Integer ifRevision) implements Command<DeploymentView> {
        public Undeploy {
            Objects.requireNonNull(name, "name");
        }

        /** Whatever revision it has. */
        public Undeploy(String name) {
            this(name, null);
        }

        @Override
        public String subject() {
            return "deployment/" + name;
        }

        @Override
        public String words() {
            return "undeploy " + name;
        }
    }

    /** Forgets a node that is down, and the key it was known by. */
    record ForgetNode(String id) implements Command<Node> {
        public ForgetNode {
            Objects.requireNonNull(id, "id");
        }

        @Override
        public String subject() {
            return "node/" + id;
        }

        @Override
        public String words() {
            return "forget node " + id;
        }
    }
}
