/** The part of ml-knn 3.0.0 in use; the package brings no types. */
declare module "ml-knn" {
  export default class KNN {
    constructor(
      points: number[][],
      labels: number[],
      options: { k: number; distance: (a: ArrayLike<number>, b: ArrayLike<number>) => number },
    );
    /** Each node's point has its label appended as last coordinate. */
    readonly kdTree: {
      /** The `count` nearest nodes as (point, distance), in no particular order. */
      nearest(point: number[], count: number): [point: number[], distance: number][];
    };
  }
}
