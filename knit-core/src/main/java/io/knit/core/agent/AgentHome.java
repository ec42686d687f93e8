package io.knit.core.agent;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.core.agent.run.InstanceRunner;
import io.knit.core.agent.session.AgentIdentity;
import io.knit.core.agent.session.DataDir;
import io.knit.core.wire.AssignmentSet;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** An opened data folder and what was in it. */
record AgentHome(DataDir dataDir, AgentIdentity identity, AssignmentSet assignments) {
    /**
     * Locks the folder, reads it, and deletes the files of instances that are not this node's any more. Blocks.
     *
     * @throws KnitException with {@code IN_USE}, {@code NODE_ID_TAKEN} or {@code INVALID_CONFIGURATION}; the folder is then not locked
     */
    static AgentHome open(Path folder, @Nullable String nodeId, AgentIdentity fresh) {
        try {
            DataDir dataDir = DataDir.lock(folder);
            try {
                dataDir.requireNotGivenUp();
                AgentIdentity identity = dataDir.identify(nodeId, fresh);
                AssignmentSet set = identity.cluster() == null ? AssignmentSet.NONE : dataDir.assignments();
                if (set.known()) {
                    InstanceRunner.deleteLeftovers(folder, set);
                }
                return new AgentHome(dataDir, identity, set);
            } catch (IOException | RuntimeException e) {
                dataDir.unlock();
                throw e;
            }
        } catch (IOException e) {
            throw new KnitException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "the data folder " + folder + " can't be used (" + e + "); give one that this user may write to",
                    e);
        }
    }
}
