package io.knit.core.wire;

/** The subjects of the protocol. */
public final class Subjects {
    /** Agent → server, a request: {@link Heartbeat}, answered by {@link HeartbeatReply}. */
    public static final String HEARTBEAT = "knit.agent.heartbeat";
    /** Agent → server, a request: {@link AssignmentsRequest}, answered by {@link AssignmentsPage}. */
    public static final String ASSIGNMENTS = "knit.agent.assignments";
    /** Agent → server, a request: {@link StatusReport}, answered by {@link StatusAck}. */
    public static final String STATUS = "knit.task.status";
    /** Server → all agents: {@link Task} of a deployment without a node selector. */
    public static final String DEPLOY_BROADCAST = "knit.tasks.deploy.broadcast";
    /** Server → all agents: {@link Task} that stops instances. */
    public static final String UNDEPLOY_BROADCAST = "knit.tasks.undeploy.broadcast";

    private Subjects() {}

    /** Server → one agent: {@link Task}. */
    public static String deployTo(String node) {
        return "knit.tasks.deploy.node." + node;
    }
}
