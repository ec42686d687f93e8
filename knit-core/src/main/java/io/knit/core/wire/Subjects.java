package io.knit.core.wire;

/**
 * The subjects of the protocol. Those on which agents speak end with the node's id, so that a broker can hold each agent to its own
 * and the server need not take a message's word for who sent it.
 */
public final class Subjects {
    /** In place of a node's id in what the server subscribes to. */
    public static final String ANY_NODE = "*";
    /** Server → all agents: {@link Task} of a deployment without a node selector. */
    public static final String DEPLOY_BROADCAST = "knit.tasks.deploy.broadcast";
    /** Server → all agents: {@link Task} that stops instances. */
    public static final String UNDEPLOY_BROADCAST = "knit.tasks.undeploy.broadcast";

    /** Server → all agents: {@link NamesPage}, what is other in the table of names. */
    public static final String NAMES_BROADCAST = "knit.names.broadcast";

    private Subjects() {}

    /** Agent → server, a request: {@link Heartbeat}, answered by {@link HeartbeatReply}. */
    public static String heartbeat(String node) {
        return "knit.agent.heartbeat." + node;
    }

    /** Agent → server, a request: {@link AssignmentsRequest}, answered by {@link AssignmentsPage}. */
    public static String assignments(String node) {
        return "knit.agent.assignments." + node;
    }

    /** Agent → server, a request: {@link NamesRequest}, answered by {@link NamesPage}. */
    public static String names(String node) {
        return "knit.agent.names." + node;
    }

    /** Agent → server, a request: {@link StatusReport}, answered by {@link StatusAck}. */
    public static String status(String node) {
        return "knit.task.status." + node;
    }

    /** Server → one agent: {@link Task}. */
    public static String deployTo(String node) {
        return "knit.tasks.deploy.node." + node;
    }

    /** Server → one agent: what the server says in a stream, {@code docs/protocol.md}. */
    public static String streamDown(String node, String id) {
        return "knit.stream." + node + "." + id + ".down";
    }

    /** Agent → server: what the agent says in a stream. */
    public static String streamUp(String node, String id) {
        return "knit.stream." + node + "." + id + ".up";
    }

    /** The id of the stream that this subject belongs to: the last token but one. */
    public static String stream(String subject) {
        int end = subject.lastIndexOf('.');
        return subject.substring(subject.lastIndexOf('.', end - 1) + 1, end);
    }

    /** The node whose agent speaks on this subject: its last token. */
    public static String speaker(String subject) {
        return subject.substring(subject.lastIndexOf('.') + 1);
    }
}
