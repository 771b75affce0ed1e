import { CatalogView, type CatalogViewParts } from './catalog-view.ts';

interface LastView {
  readonly committed: CatalogViewParts['committed'];
  readonly pathText: string;
  readonly view: CatalogView;
}

/** The view of a session's last statement, good while neither the catalog nor search_path changed and the transaction made no DDL. */
export class ViewCache {
  #last: LastView | null = null;

  /** `pathText` is the setting that `searchPath` follows from. */
  viewOf(
    parts: Omit<CatalogViewParts, 'searchPath'>,
    pathText: string,
    searchPath: () => readonly string[],
  ): CatalogView {
    const { committed, changes } = parts;
    const last = this.#last;
    if (last !== null && changes.length === 0 && last.committed === committed && last.pathText === pathText) {
      return last.view;
    }
    const view = new CatalogView({ ...parts, searchPath: searchPath() });
    this.#last = changes.length === 0 ? { committed, pathText, view } : null;
    return view;
  }
}
