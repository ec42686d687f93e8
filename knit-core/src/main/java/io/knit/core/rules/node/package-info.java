/**
 * Rules that server, agent and admission share on what a node is like: where its containers have addresses ({@link io.knit.core.rules.node.ContainerSubnets}), which facts there are ({@link io.knit.core.rules.node.NodeFact}), and whether
 * a node meets a constraint ({@link io.knit.core.rules.node.Match}) (pure).
 */
@NullMarked
package io.knit.core.rules.node;

import org.jspecify.annotations.NullMarked;
