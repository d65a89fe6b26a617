/** Darker colours for what Swagger UI writes too faintly to be read (WCAG 2 AA asks for 4.5 to 1). */
export const CONTRAST_CSS = `
#swagger-ui .info .title small.version-stamp { background-color: #47630a; }
#swagger-ui .info .link, #swagger-ui .info a, #swagger-ui .renderedMarkdown a { color: #2263b3; }
#swagger-ui .btn.authorize { color: #1d6b45; border-color: #1d6b45; }
#swagger-ui .btn.authorize svg { fill: #1d6b45; }
#swagger-ui .btn.cancel { color: #b3261e; border-color: #b3261e; }
#swagger-ui .btn.execute, #swagger-ui .opblock-get .opblock-summary-method { background-color: #1c63ad; border-color: #1c63ad; }
#swagger-ui .opblock-post .opblock-summary-method { background-color: #1d6b45; }
#swagger-ui .opblock-put .opblock-summary-method { background-color: #8f5200; }
#swagger-ui .opblock-patch .opblock-summary-method { background-color: #12695a; }
#swagger-ui .opblock-delete .opblock-summary-method { background-color: #b3261e; }
#swagger-ui .property, #swagger-ui .prop-format, #swagger-ui .parameter__in, #swagger-ui .parameter__extension { color: #595959; }
#swagger-ui .parameter__name.required::after, #swagger-ui .parameter__name.required span { color: #b3261e; }
#swagger-ui .prop-type, #swagger-ui .renderedMarkdown code, #swagger-ui .markdown code { color: #6a1fb0; }
#swagger-ui .response-control-media-type__accept-message, #swagger-ui .response-control-media-type__accept-message code { color: #1d6b45; }
#swagger-ui .download-contents { background-color: #595f70; }
#swagger-ui .response-col_links, #swagger-ui table thead tr td, #swagger-ui table thead tr th { color: #3b4151; }
`;
