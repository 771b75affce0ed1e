export * from './portable-frontend.ts';
