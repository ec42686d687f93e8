package io.knit.core.server.state;

import io.knit.api.model.Deployment;
import io.knit.api.model.Instance;
import io.knit.api.model.Node;

/** One step from a state to the next. */
public sealed interface Change {
    /** The state after it. */
    ClusterState applyTo(ClusterState state);

    /** A deployment is new, or has changed. */
    record PutDeployment(Deployment deployment) implements Change {
        @Override
        public ClusterState applyTo(ClusterState state) {
            return state.with(deployment);
        }
    }

    /** A deployment and all its revisions are forgotten. */
    record RemoveDeployment(String name) implements Change {
        @Override
        public ClusterState applyTo(ClusterState state) {
            return state.withoutDeployment(name);
        }
    }

    /** A deployment has another spec. */
    record PutRevision(Revision revision) implements Change {
        @Override
        public ClusterState applyTo(ClusterState state) {
            return state.with(revision);
        }
    }

    /** A spec that nothing runs by any more is forgotten. */
    record RemoveRevision(String deployment, int number) implements Change {
        @Override
        public ClusterState applyTo(ClusterState state) {
            return state.withoutRevision(deployment, number);
        }
    }

    /** An instance is new, or has changed. */
    record PutInstance(Instance instance) implements Change {
        @Override
        public ClusterState applyTo(ClusterState state) {
            return state.with(instance);
        }
    }

    /** An instance is forgotten: nothing of it is left anywhere. */
    record RemoveInstance(String id) implements Change {
        @Override
        public ClusterState applyTo(ClusterState state) {
            return state.withoutInstance(id);
        }
    }

    /** A node is new, or has changed. */
    record PutNode(Node node) implements Change {
        @Override
        public ClusterState applyTo(ClusterState state) {
            return state.with(node);
        }
    }

    /** A node is forgotten: an agent may take its name anew. */
    record RemoveNode(String id) implements Change {
        @Override
        public ClusterState applyTo(ClusterState state) {
            return state.withoutNode(id);
        }
    }

    /** An agent was not let in. Changes nothing but what people are told. */
    record RefuseAgent(String node, String message) implements Change {
        @Override
        public ClusterState applyTo(ClusterState state) {
            return state;
        }
    }
}
