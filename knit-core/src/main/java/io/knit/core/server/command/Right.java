package io.knit.core.server.command;

/** What one must be allowed for a question or a command. */
public enum Right {
    /** Everybody may, also who shows no token. */
    OPEN,
    /** To see some of what there is: nodes, and of deployments those that one's role counts for. */
    SEE,
    /** To see one deployment and what belongs to it. */
    SEE_ONE,
    /** To see what all deployments are mixed in. */
    SEE_ALL,
    /** To change one deployment, or to be inside of it. */
    DEPLOY,
    /** To change what all deployments may read. */
    DEPLOY_ALL,
    /** To change nodes, the cluster or tokens, and to see what only who does that needs. */
    ADMINISTER
}
